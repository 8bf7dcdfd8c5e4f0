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
    private let output = LineOutput(STDOUT_FILENO)
    private let complaints = LineOutput(STDERR_FILENO)
    private let host: Host?

    /// With a host, that hears of everything instead of the standard streams.
    package init(now: @escaping @Sendable () -> Date, host: Host? = nil) {
        self.now = now
        self.host = host
    }

    /// Changes from which level on the two logs are written; a level is a number as in Go's slog.
    func setLevels(error: Int, audit: Int) {
        levels.store(error, ordering: .relaxed)
        auditLevels.store(audit, ordering: .relaxed)
    }

    var moment: Moment { Moment(now()) }

    /// Whether the host's trail takes events; while it does not, no request is begun.
    var canRecord: Bool { host?.recorder.isReady ?? true }

    /// Takes room for the event of a change before it begins.
    func room() -> Result<(any RecordRoom)?, NoRoom> {
        guard let host else { return .success(nil) }
        return host.recorder.room().map { .success($0) } ?? .failure(NoRoom())
    }

    struct NoRoom: Error {}

    /// Whether anybody hears of requests on standard output; a host has a trail of its own.
    private var auditIsWritten: Bool {
        host == nil && auditLevels.load(ordering: .relaxed) <= Level.info.rawValue
    }

    /// Whether anybody wants to hear of requests.
    var isAudited: Bool { host != nil || auditIsWritten || audit.isFollowed }

    /// Gives whether the event is where it has to be; an answer without its event must not leave.
    func record(
        _ request: KESRequest,
        status: Int,
        time: TimeAmount,
        in room: (any RecordRoom)? = nil
    ) -> Bool {
        guard isAudited else { return true }
        var batch = AuditBatch()
        append(AuditSubject(request, status: status), time, at: now(), to: &batch)
        return write(batch, in: room)
    }

    /// Tells the followers of a request, and adds it to those that are to be written.
    func append(_ subject: AuditSubject, _ time: TimeAmount, at date: Date, to batch: inout AuditBatch) {
        if audit.isFollowed { audit.send(subject.event(at: Moment(date), time)) }
        if auditIsWritten { subject.append(to: &batch.lines, at: date, time) }
        if host != nil { batch.requests.append(subject.recorded(at: date)) }
    }

    /// Gives whether the events are where they have to be.
    func write(_ batch: borrowing AuditBatch, in room: (any RecordRoom)? = nil) -> Bool {
        if !batch.lines.isEmpty { output.write(batch.lines) }
        guard let host, !batch.requests.isEmpty else { return true }
        return host.recorder.record(batch.requests, in: room)
    }

    /// The time of day, as events carry it.
    var date: Date { now() }

    /// Tells the operator something; no secret may be in it.
    package func note(_ level: Level, _ message: String, _ details: [(name: String, value: String)] = []) {
        let isWritten = levels.load(ordering: .relaxed) <= level.rawValue
        guard isWritten || errors.isFollowed && level.rawValue >= Level.info.rawValue else { return }
        let line =
            "time=\(Timestamp.iso8601Milliseconds(now())) level=\(level.name) msg=\(Self.word(message))"
            + details.map { " \($0.name)=\(Self.word($0.value))" }.joined()
        errors.send(JSONText.object { $0.member("message", line) })
        guard isWritten else { return }
        if let host { return host.note(level, message, details) }
        complaints.write(Array((line + "\n").utf8))
    }

    /// A value as slog writes it: quoted when it is not plain.
    static func word(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D }
        guard !isPlain else { return text }
        var quoted = JSONText()
        quoted.string(text)
        return String(decoding: quoted.bytes, as: UTF8.self)
    }
}
