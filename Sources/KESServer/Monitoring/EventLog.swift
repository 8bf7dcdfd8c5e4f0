import AWSProtocol
package import Foundation
import Glibc
import KES
import NIOCore
import Synchronization

/// What the server tells of: each request in the audit log, and what goes wrong in the error log.
///
/// Both go to clients that follow them, and, as far as the configuration says, to standard output (audit) and
/// standard error, one line an event.
package final class EventLog: Sendable {
    /// How grave an event of the error log is.
    package enum Level: Int, Sendable {
        case debug = -4
        case info = 0
        case warning = 4
        case error = 8

        var name: String {
            switch self {
            case .debug: "DEBUG"
            case .info: "INFO"
            case .warning: "WARN"
            case .error: "ERROR"
            }
        }
    }

    let audit = EventStream()
    let errors = EventStream()
    private let now: @Sendable () -> Date
    private let levels = Atomic(Int.max)
    private let auditLevels = Atomic(Int.max)
    private let lock = Mutex(())

    package init(now: @escaping @Sendable () -> Date) {
        self.now = now
    }

    /// Changes from which level on the two logs are written; a level is a number as in Go's slog.
    func setLevels(error: Int, audit: Int) {
        levels.store(error, ordering: .relaxed)
        auditLevels.store(audit, ordering: .relaxed)
    }

    var moment: Moment { Moment(now()) }

    /// Whether anybody hears of requests.
    private var auditIsWritten: Bool { auditLevels.load(ordering: .relaxed) <= Level.info.rawValue }

    func record(_ request: KESRequest, status: Int, time: TimeAmount) {
        let isWritten = auditIsWritten
        guard isWritten || audit.isFollowed else { return }
        let moment = Moment(now())
        let identity = request.identity?.text ?? ""
        if audit.isFollowed {
            audit.send(
                JSONText.object { event in
                    event.member("time", moment.rfc3339)
                    event.member("request")
                    event.object {
                        $0.member("ip", request.address)
                        $0.member("path", request.path)
                        if !identity.isEmpty { $0.member("identity", identity) }
                    }
                    event.member("response")
                    event.object {
                        $0.member("code", status)
                        $0.member("time", Int(time.nanoseconds))
                    }
                }
            )
        }
        guard isWritten else { return }
        write(
            "time=\(Timestamp.iso8601Milliseconds(moment.date)) level=INFO msg=\(Self.word(AuditSentence.of(request, status)))"
                + " req.method=\(Self.word(request.method)) req.path=\(Self.word(request.path))"
                + " req.ip=\(request.address) req.identity=\(identity) res.code=\(status)"
                + " res.time=\(GoDuration.text(time.nanoseconds))\n",
            to: STDOUT_FILENO
        )
    }

    /// Tells the operator something; no secret may be in it.
    package func note(_ level: Level, _ message: String, _ details: [(name: String, value: String)] = []) {
        let isWritten = levels.load(ordering: .relaxed) <= level.rawValue
        guard isWritten || errors.isFollowed && level.rawValue >= Level.info.rawValue else { return }
        let line =
            "time=\(Timestamp.iso8601Milliseconds(now())) level=\(level.name) msg=\(Self.word(message))"
            + details.map { " \($0.name)=\(Self.word($0.value))" }.joined()
        errors.send(JSONText.object { $0.member("message", line) })
        if isWritten { write(line + "\n", to: STDERR_FILENO) }
    }

    /// A value as slog writes it: quoted when it is not plain.
    private static func word(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D }
        guard !isPlain else { return text }
        var quoted = JSONText()
        quoted.string(text)
        return String(decoding: quoted.bytes, as: UTF8.self)
    }

    private func write(_ line: String, to descriptor: Int32) {
        lock.withLock { _ in
            var line = line
            line.withUTF8 { bytes in
                var rest = UnsafeRawBufferPointer(bytes)
                while let base = rest.baseAddress, !rest.isEmpty {
                    let written = Glibc.write(descriptor, base, rest.count)
                    if written < 0, errno == EINTR { continue }
                    // Nobody reads the log, and there is nowhere to say so; the server goes on.
                    guard written > 0 else { return }
                    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                }
            }
        }
    }
}

/// What an audit event says in words.
private enum AuditSentence {
    static func of(_ request: KESRequest, _ status: Int) -> String {
        guard (200..<300).contains(status) else { return "request refused" }
        let key = "secret key '\(request.resource)'"
        return switch request.route {
        case .keyCreate: "\(key) created"
        case .keyImport: "\(key) imported"
        case .keyDelete: "\(key) deleted"
        case .keyGenerate: "data key generated with \(key)"
        case .keyEncrypt: "message encrypted with \(key)"
        case .keyDecrypt, .keyBulkDecrypt: "ciphertext decrypted with \(key)"
        case .keyHMAC: "hmac computed with \(key)"
        default: "request answered"
        }
    }
}

/// Durations as Go writes them.
enum GoDuration {
    static func text(_ nanoseconds: Int64) -> String {
        switch nanoseconds {
        case ..<1000: "\(nanoseconds)ns"
        case ..<1_000_000: scaled(nanoseconds, 1000) + "µs"
        case ..<1_000_000_000: scaled(nanoseconds, 1_000_000) + "ms"
        default: scaled(nanoseconds, 1_000_000_000) + "s"
        }
    }

    private static func scaled(_ value: Int64, _ unit: Int64) -> String {
        let rest = value % unit
        guard rest != 0 else { return "\(value / unit)" }
        let digits = String(unit + rest).dropFirst()
        return "\(value / unit).\(digits[...(digits.lastIndex { $0 != "0" } ?? digits.startIndex)])"
    }
}
