import Foundation
import Logging
import Synchronization
import Testing

@testable import Server

@Suite("Lines of the log")
struct LogFormatTests {
    private func line(_ format: LogFormat, _ message: String, _ metadata: [(String, String)] = []) -> String {
        String(
            decoding: format.line(
                time: "2026-11-21T04:39:49.123Z",
                level: "notice",
                message: message,
                metadata: metadata.map { (name: $0.0, value: $0.1) }
            ),
            as: UTF8.self
        )
    }

    @Test func `are read at a glance as text`() {
        #expect(
            line(.text, "ready", [("aws", "127.0.0.1:7370"), ("why", "a \"quoted\" word"), ("empty", "")])
                == "2026-11-21T04:39:49.123Z notice ready aws=127.0.0.1:7370 why=\"a \\\"quoted\\\" word\" empty=\"\"\n"
        )
    }

    @Test func `are one object each as JSON`() throws {
        let text = line(.json, "a \"message\"", [("error", "back\\slash"), ("ünïcode", "ß€😀")])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        )
        #expect(object["time"] as? String == "2026-11-21T04:39:49.123Z")
        #expect(object["level"] as? String == "notice")
        #expect(object["message"] as? String == "a \"message\"")
        #expect(object["metadata"] as? [String: String] == ["error": "back\\slash", "ünïcode": "ß€😀"])
    }

    /// Every character that some reader takes for the end of a line, or a terminal for an order.
    private static let dangerous: [Unicode.Scalar] =
        (0..<0x20).compactMap { Unicode.Scalar($0 as UInt32) }
        + (0x7F...0x9F).compactMap { Unicode.Scalar($0 as UInt32) }
        + [0x2028, 0x2029, 0x202E, 0x2066, 0xFEFF].compactMap { Unicode.Scalar($0 as UInt32) }

    @Test(arguments: LogFormat.allCases)
    func `cannot be forged by what is logged`(_ format: LogFormat) throws {
        #expect(Self.dangerous.count == 32 + 33 + 5)
        for scalar in Self.dangerous {
            let evil = "begin\(Character(scalar))2026-11-21T04:39:49.123Z error forged"
            let text = line(format, evil, [(evil, evil)])
            #expect(text.hasSuffix("\n"))
            #expect(
                text.unicodeScalars.dropLast().allSatisfy { !Self.dangerous.contains($0) },
                "U+\(String(scalar.value, radix: 16))"
            )
            guard format == .json else { continue }
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            )
            #expect(object["message"] as? String == evil)
            #expect(object["metadata"] as? [String: String] == [evil: evil])
        }
    }

    @Test func `keep a quote in a value from ending it`() {
        let text = line(.text, "m", [("a", "x\" level=error b=\"y")])
        #expect(text.hasSuffix(" m a=\"x\\\" level=error b=\\\"y\"\n"))
    }

    @Test(arguments: LogFormat.allCases)
    func `have a length that is bounded`(_ format: LogFormat) {
        let long = String(repeating: "😀", count: 100_000)
        #expect(line(format, long, [("a", long)]).utf8.count < 5 * 2 * LogFormat.textMax)
    }
}

@Suite("The log")
struct LineLogHandlerTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func write(_ bytes: [UInt8]) { lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) } }
    }

    private struct Trouble: Error, CustomStringConvertible {
        let description = "trouble\nof two lines"
    }

    @Test func `has what the logger, the event and the error say`() {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in
            LineLogHandler(
                format: .text,
                level: .info,
                now: { Date(timeIntervalSince1970: 1_795_000_000.25) },
                write: lines.write
            )
        }
        logger[metadataKey: "node"] = "a"
        logger.debug("not said")
        logger.warning("said", metadata: ["b": "2", "node": "b"])
        logger.error("broken", error: Trouble())
        #expect(
            lines.all == [
                "2026-11-18T11:06:40.250Z warning said b=2 node=b\n",
                "2026-11-18T11:06:40.250Z error broken error=\"trouble\\nof two lines\" node=a\n",
            ]
        )
    }
}
