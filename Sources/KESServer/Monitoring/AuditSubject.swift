import AWSProtocol
import Foundation
import KES
import NIOCore

/// All that an audit event says but for its time and how long it took: the same for each such call of a client.
struct AuditSubject: Sendable {
    private let request: KESRequest
    private let status: Int
    /// Between the times of a line.
    private let middle: [UInt8]

    /// The request's body is not kept.
    init(_ request: KESRequest, status: Int) {
        self.request = request.withoutBody
        self.status = status
        middle = Array(
            (" level=INFO msg=\(EventLog.word(AuditSentence.of(request, status)))"
                + " req.method=\(EventLog.word(request.method)) req.path=\(EventLog.word(request.path))"
                + " req.ip=\(EventLog.word(request.address)) req.identity=\(request.identity?.text ?? "")"
                + " res.code=\(status) res.time=").utf8
        )
    }

    /// Appends the event as a line of the log.
    func append(to lines: inout [UInt8], at date: Date, _ time: TimeAmount) {
        lines.append(contentsOf: "time=".utf8)
        lines.append(contentsOf: Timestamp.iso8601Milliseconds(date).utf8)
        lines.append(contentsOf: middle)
        GoDuration.append(time.nanoseconds, to: &lines)
        lines.append(UInt8(ascii: "\n"))
    }

    /// The event as a host's trail gets it.
    func recorded(at date: Date) -> RecordedRequest {
        RecordedRequest(
            route: request.route,
            resource: request.resource,
            path: request.path,
            identity: request.identity,
            address: request.address,
            status: status,
            date: date
        )
    }

    /// The event as followers get it.
    func event(at moment: Moment, _ time: TimeAmount) -> [UInt8] {
        JSONText.object { event in
            event.member("time", moment.rfc3339)
            event.member("request")
            event.object {
                $0.member("ip", request.address)
                $0.member("path", request.path)
                if let identity = request.identity { $0.member("identity", identity.text) }
            }
            event.member("response")
            event.object {
                $0.member("code", status)
                $0.member("time", Int(time.nanoseconds))
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
    static func append(_ nanoseconds: Int64, to text: inout [UInt8]) {
        switch nanoseconds {
        case ..<1000: append(nanoseconds, by: 1, "ns", to: &text)
        case ..<1_000_000: append(nanoseconds, by: 1000, "µs", to: &text)
        case ..<1_000_000_000: append(nanoseconds, by: 1_000_000, "ms", to: &text)
        default: append(nanoseconds, by: 1_000_000_000, "s", to: &text)
        }
    }

    private static func append(_ value: Int64, by unit: Int64, _ name: StaticString, to text: inout [UInt8]) {
        append(digits: max(0, value) / unit, to: &text)
        var (rest, place) = (max(0, value) % unit, unit / 10)
        if rest > 0 { text.append(UInt8(ascii: ".")) }
        while rest > 0 {
            text.append(UInt8(ascii: "0") + UInt8(rest / place))
            (rest, place) = (rest % place, place / 10)
        }
        name.withUTF8Buffer { text.append(contentsOf: $0) }
    }

    private static func append(digits value: Int64, to text: inout [UInt8]) {
        if value >= 10 { append(digits: value / 10, to: &text) }
        text.append(UInt8(ascii: "0") + UInt8(value % 10))
    }
}
