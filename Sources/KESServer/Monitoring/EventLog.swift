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

    /// Whether anybody wants to hear of requests.
    var isAudited: Bool { auditIsWritten || audit.isFollowed }

    func record(_ request: KESRequest, status: Int, time: TimeAmount) {
        guard isAudited else { return }
        var lines: [UInt8] = []
        append(AuditSubject(request, status: status), time, at: now(), to: &lines)
        write(audit: lines)
    }

    /// Tells the followers of a request, and adds its line to those that are to be written.
    func append(_ subject: AuditSubject, _ time: TimeAmount, at date: Date, to lines: inout [UInt8]) {
        if audit.isFollowed { audit.send(subject.event(at: Moment(date), time)) }
        if auditIsWritten { subject.append(to: &lines, at: date, time) }
    }

    func write(audit lines: [UInt8]) {
        guard !lines.isEmpty else { return }
        output.write(lines)
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
        if isWritten { complaints.write(Array((line + "\n").utf8)) }
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
