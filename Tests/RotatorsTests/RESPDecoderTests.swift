import NIOCore
import NIOEmbedded
import Testing

@testable import Rotators

@Suite("Reading Redis's answers")
struct RESPDecoderTests {
    private func values(of parts: [String]) throws -> [RESPValue] {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(RESPDecoder()))
        for part in parts { try channel.writeInbound(ByteBuffer(string: part)) }
        var values: [RESPValue] = []
        while let value = try channel.readInbound(as: RESPValue.self) { values.append(value) }
        return values
    }

    private static let text =
        "+OK\r\n-ERR no\r\n:-5\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n*2\r\n$0\r\n\r\n*1\r\n+x\r\n"
    private static let expected: [RESPValue] = [
        .simple("OK"), .error("ERR no"), .integer(-5), .bulk([0x61, 0x0D, 0x0A]), .bulk(nil), .array(nil),
        .array([.bulk([]), .array([.simple("x")])]),
    ]

    @Test func `gives every form of answer, however it is cut`() throws {
        #expect(try values(of: [Self.text]) == Self.expected)
        #expect(try values(of: Self.text.unicodeScalars.map { String($0) }) == Self.expected)
    }

    @Test(arguments: [
        "x\r\n", "\r\n", ":\r\n", ":1a\r\n", "$-2\r\n", "$1048577\r\n", "$1\r\nabc", "*4097\r\n", "*-5\r\n",
        "+a\rb", "$99999999999999999999999\r\n", String(repeating: "*1\r\n", count: 9),
        String(repeating: "a", count: 5000), "+" + String(repeating: "a", count: 5000),
    ])
    func `refuses what is no answer or too much`(_ text: String) {
        #expect(throws: MalformedAnswer.self) { try values(of: [text]) }
    }

    @Test func `reads garbage without harm`() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "*", "$", "+", "-", ":", "1", "3", "\r\n", "\r", "\n", "a", "-1", "*2\r\n", "$2\r\nab\r\n",
        ]
        var (read, refused) = (0, 0)
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 1...10, using: &generator))
                .map { _ in pieces.randomElement(using: &generator) ?? "" }
            do { read += try values(of: text).count } catch { refused += 1 }
        }
        #expect(read > 100 && refused > 100)
    }
}
