import CPostgreSQL
import Glibc

/// One connection to PostgreSQL, for one thread; nothing it does lasts longer than its deadline.
///
/// It is always in libpq's pipeline mode: statements go out together and come back together, in one round
/// trip. Only after an error that is `.refused` can it be used further.
package final class PostgreSQLConnection {
    let handle: OpaquePointer
    private let address: PostgreSQLAddress

    /// Connects, which takes at most the address's `connect_timeout` for each of its hosts.
    package init(to address: PostgreSQLAddress) throws(PostgreSQLFailure) {
        guard let handle = Self.connect(to: address) else { throw .lost("out of memory") }
        guard PQstatus(handle) == CONNECTION_OK, PQsetnonblocking(handle, 1) == 0,
            PQenterPipelineMode(handle) == 1
        else {
            let reason = Self.sentence(PQerrorMessage(handle), address)
            PQfinish(handle)
            throw .lost(reason)
        }
        self.handle = handle
        self.address = address
        // The library would print them on standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    deinit { PQfinish(handle) }

    var isBroken: Bool { PQstatus(handle) != CONNECTION_OK }

    /// Whether a transaction was begun and neither committed nor rolled back.
    var isInTransaction: Bool {
        switch PQtransactionStatus(handle) {
        case PQTRANS_INTRANS, PQTRANS_INERROR: true
        default: false
        }
    }

    var socket: Int32 { PQsocket(handle) }

    /// Runs one statement.
    @discardableResult
    package func run(
        _ statement: PostgreSQLStatement,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) -> PostgreSQLRows {
        guard let rows = try run([statement], until: deadline).first else {
            throw .unreadable("a statement gave nothing")
        }
        return rows
    }

    /// Runs statements in their order; none after the first that fails.
    ///
    /// Without a `BEGIN` among them they are one transaction.
    ///
    /// - Throws: The first failure; a transaction that was begun before is then still to be rolled back.
    @discardableResult
    package func run(
        _ statements: [PostgreSQLStatement],
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) -> [PostgreSQLRows] {
        for statement in statements { try send(statement) }
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        var answers: [PostgreSQLRows] = []
        var failure: PostgreSQLFailure?
        for _ in statements {
            guard let result = try nextResult(until: deadline) else { throw lost() }
            do throws(PostgreSQLFailure) {
                if let rows = try accept(result) { answers.append(rows) }
            } catch {
                guard case .refused = error else { throw error }
                failure = failure ?? error
            }
            guard try nextResult(until: deadline) == nil else {
                throw .unreadable("a statement gave two results")
            }
        }
        guard let end = try nextResult(until: deadline) else { throw lost() }
        defer { PQclear(end) }
        guard PQresultStatus(end) == PGRES_PIPELINE_SYNC else { throw lost() }
        if let failure { throw failure }
        return answers
    }

    /// Takes in what the server has sent, and gives the payloads of notifications among it.
    func takeNotifications() throws(PostgreSQLFailure) -> [String] {
        guard PQconsumeInput(handle) == 1 else { throw lost() }
        var payloads: [String] = []
        while let notification = PQnotifies(handle) {
            payloads.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return payloads
    }
}

// MARK: libpq

extension PostgreSQLConnection {
    private static func connect(to address: PostgreSQLAddress) -> OpaquePointer? {
        address.withOptions { names, values in PQconnectdbParams(names, values, 0) }
    }

    private func send(_ statement: PostgreSQLStatement) throws(PostgreSQLFailure) {
        let types = statement.values.map { Oid($0.type) }
        let lengths = statement.values.map { Int32($0.bytes.count) }
        let formats = [Int32](repeating: 1, count: types.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(statement.values.reduce(1) { $0 + $1.bytes.count })
        for value in statement.values { bytes += value.bytes }
        // One byte more, so that an empty value has an address too: a null one would mean NULL.
        bytes.append(0)
        let sent = bytes.withUnsafeBytes { buffer in
            var offset = 0
            let pointers = lengths.map { length -> UnsafePointer<CChar>? in
                defer { offset += Int(length) }
                return buffer.baseAddress.map { ($0 + offset).assumingMemoryBound(to: CChar.self) }
            }
            return PQsendQueryParams(
                handle,
                statement.sql,
                Int32(types.count),
                types,
                pointers,
                lengths,
                formats,
                1
            )
        }
        guard sent == 1 else { throw lost() }
    }

    private func nextResult(until deadline: ContinuousClock.Instant) throws(PostgreSQLFailure)
        -> OpaquePointer?
    {
        while true {
            let unsent = PQflush(handle)
            guard unsent >= 0 else { throw lost() }
            if PQisBusy(handle) == 0 { return PQgetResult(handle) }
            try wait(forWriting: unsent == 1, until: deadline)
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
    }

    private func wait(
        forWriting: Bool,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { throw .lost("it did not answer in time") }
        var watched = pollfd(fd: socket, events: Int16(POLLIN | (forWriting ? POLLOUT : 0)), revents: 0)
        let ready = poll(&watched, 1, Int32(clamping: left.milliseconds + 1))
        guard ready >= 0 || errno == EINTR else { throw .lost("poll failed with \(errno)") }
    }

    /// The rows of a result; nil for a statement that was left out because an earlier one failed.
    private func accept(_ result: OpaquePointer) throws(PostgreSQLFailure) -> PostgreSQLRows? {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
            return PostgreSQLRows(result)
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
            return nil
        default:
            defer { PQclear(result) }
            let code = Self.field("C", of: result) ?? ""
            let text = Self.field("M", of: result) ?? "no text"
            let severity = Self.field("V", of: result)
            // What is fatal ends the connection, of which libpq may not know yet.
            guard !code.isEmpty, severity ?? "ERROR" == "ERROR", !isBroken else {
                throw .lost(code.isEmpty ? Self.sentence(PQerrorMessage(handle), address) : text)
            }
            throw .refused(code: code, address.redacting(text))
        }
    }

    /// A field of an error by its letter (PostgreSQL, "Error and Notice Message Fields").
    private static func field(_ letter: Unicode.Scalar, of result: OpaquePointer) -> String? {
        PQresultErrorField(result, Int32(letter.value)).map { String(cString: $0) }
    }

    private func lost() -> PostgreSQLFailure { .lost(Self.sentence(PQerrorMessage(handle), address)) }

    /// libpq's text in one line and without passwords.
    private static func sentence(_ text: UnsafePointer<CChar>?, _ address: PostgreSQLAddress) -> String {
        let text = text.map { String(cString: $0) } ?? ""
        let words = text.split(whereSeparator: \.isWhitespace)
        return words.isEmpty ? "the connection is gone" : address.redacting(words.joined(separator: " "))
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

extension PostgreSQLAddress {
    /// Gives `body` what libpq is told, in the two lists that it reads.
    func withOptions<Outcome>(
        _ body: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> Outcome
    ) -> Outcome {
        exposingSecret { options in
            let texts = options.flatMap { [strdup($0.name), strdup($0.value)] }
            defer { for text in texts { free(text) } }
            var names: [UnsafePointer<CChar>?] = []
            var values: [UnsafePointer<CChar>?] = []
            for index in stride(from: 0, to: texts.count, by: 2) {
                names.append(texts[index].map { UnsafePointer($0) })
                values.append(texts[index + 1].map { UnsafePointer($0) })
            }
            return body(names + [nil], values + [nil])
        }
    }
}
