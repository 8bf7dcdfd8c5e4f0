import AWSProtocol
import Doors

@testable import Server

/// The fast lane's reader of HTTP heads: what it takes can be read in one way only.
enum HTTPTarget {
    static let target = FuzzTarget(name: "http", bytesMax: 1_024, run: run) {
        FuzzTarget.seeds([
            (
                "call",
                lines("POST / HTTP/1.1", "Host: h", "X-Amz-Target: TrentService.Encrypt", "Content-Length: 2")
                    + "{}"
            ),
            ("query", lines("GET /a/b?c=d&e HTTP/1.1", "host:h", "x: \t a b \t")),
            ("chunked", lines("POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
            ("twice", lines("POST / HTTP/1.1", "Host: h", "Content-Length: 2", "Content-Length: 3")),
            ("folded", lines("POST / HTTP/1.1", "Host: h", "X: a", " b")),
            ("bare", "POST / HTTP/1.1\nHost: h\r\n\r\n"), ("space", lines("POST / HTTP/1.1", "Host : h")),
            ("next", lines("GET / HTTP/1.1", "Host: h") + lines("GET / HTTP/1.1", "Host: h")),
            ("close", lines("GET / HTTP/1.1", "Host: h", "Connection: close", "Expect: 100-continue")),
        ])
    }

    private static let limits: DoorLimits = {
        var limits = DoorLimits()
        limits.headersMax = 16
        limits.headerBytesMax = 700
        return limits
    }()

    private static func lines(_ lines: String...) -> String { lines.joined(separator: "\r\n") + "\r\n\r\n" }

    static func run(_ input: [UInt8]) {
        let whole = parse(input, searched: 0)
        // A head that came in two parts is read as one that came whole.
        var known = 0
        var outcome = RequestFrame.Outcome.incomplete
        for count in stride(from: input.count % 7, through: input.count, by: 7) {
            outcome = parse(Array(input.prefix(count)), searched: known)
            guard case .incomplete = outcome else { break }
            known = count
        }
        if case .incomplete = outcome { outcome = parse(input, searched: known) }
        promise(text(outcome) == text(whole), "a head is read otherwise when it comes in parts")
        if case .frame(let frame) = whole { check(frame, input) }
    }

    private static func parse(_ bytes: [UInt8], searched: Int) -> RequestFrame.Outcome {
        bytes.withUnsafeBytes { RequestFrame.parse($0, searched: searched, limits: limits) }
    }

    private static func text(_ outcome: RequestFrame.Outcome) -> String {
        switch outcome {
        case .incomplete: "incomplete"
        case .foreign: "foreign"
        case .frame(let frame):
            "\(frame.method) \(frame.path) \(frame.query) \(frame.headBytes) \(frame.bodyBytes)"
        }
    }

    private static func check(_ frame: RequestFrame, _ input: [UInt8]) {
        let head = Array(input.prefix(frame.headBytes))
        promise(head.count == frame.headBytes && head.count <= limits.headerBytesMax, "a head ends elsewhere")
        promise(head.suffix(4) == [13, 10, 13, 10], "a head does not end with an empty line")
        // Every line ends in one way, and none of them is empty but the last.
        let lines = head.dropLast(4).split(separator: 0x0A, omittingEmptySubsequences: false)
        promise(
            lines.dropLast().allSatisfy { $0.last == 0x0D && $0.count > 1 }
                && head.count { $0 == 0x0D } == lines.count + 1,
            "a line ends in another way than by CRLF"
        )
        promise(
            head.allSatisfy { $0 < 0x7F && ($0 >= 0x20 || [0x09, 0x0A, 0x0D].contains($0)) },
            "a control character"
        )
        promise(
            frame.headers.count == lines.count - 1 && frame.headers.count <= limits.headersMax,
            "headers are lost"
        )
        let fields = lines.dropFirst().map { line in
            let parts = Array(line).pieces(separatedBy: UInt8(ascii: ":"), max: 2)
            return (
                name: parts[0].repairedText.lowercased(),
                value: (parts.count > 1 ? parts[1] : []).repairedText
            )
        }
        for (name, value) in fields {
            let isFirst = fields.first { $0.name == name }?.value == value
            let trimmed = value.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
                .reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }.reversed()
            if isFirst { promise(frame.headers[name] == String(trimmed), "the value of \(name) is another") }
        }
        let lengths = fields.filter { $0.name == "content-length" }
        promise(
            lengths.count <= 1 && frame.headers["transfer-encoding"] == nil,
            "two ways to read the body's length"
        )
        promise(frame.bodyBytes == Int(frame.headers["content-length"] ?? "0"), "the body has another length")
        promise(fields.count { $0.name == "host" } == 1, "not one host")
        promise(frame.namesTarget == frame.headers.contains("x-amz-target"), "the target is overlooked")
        let start = (lines.first.map { Array($0) } ?? []).repairedText
        let target = frame.query.isEmpty ? frame.path : "\(frame.path)?\(frame.query)"
        let isSame =
            start == "\(frame.method) \(target) HTTP/1.1\r"
            || start == "\(frame.method) \(target)? HTTP/1.1\r"
            || (fields.isEmpty && start.hasPrefix("\(frame.method) "))
        promise(isSame && frame.path.hasPrefix("/"), "the first line is read otherwise: \(start)")
    }
}
