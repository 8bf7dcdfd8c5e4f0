import Testing

@testable import BenchmarkKit

@Suite("The client of HTTP/2")
struct HTTP2ClientTests {
    private static func frame(_ kind: UInt8, _ flags: UInt8, stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0, 0, UInt8(payload.count), kind, flags, 0, 0, 0, stream] + payload
    }

    private static let settings = frame(4, 0, stream: 0, [])
    private static let request = frame(1, 4, stream: 0, [0x83]) + frame(0, 1, stream: 0, Array("{}".utf8))

    private func answer(_ stream: UInt8, status: UInt8 = 0x88, _ text: String = "{\"a\":1}") -> [UInt8] {
        Self.frame(1, 4, stream: stream, [0x20, status]) + Self.frame(0, 1, stream: stream, Array(text.utf8))
    }

    private func take(_ client: inout HTTP2Client, _ bytes: [UInt8]) throws -> Bool? {
        try takeAll(&client, bytes).values.first
    }

    /// What became whole, by stream.
    private func takeAll(_ client: inout HTTP2Client, _ bytes: [UInt8]) throws -> [UInt32: Bool] {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: bytes)
        let pattern = Array("\"a\":".utf8)
        var whole: [UInt32: Bool] = [:]
        try client.take(UnsafeRawBufferPointer(buffer), containing: pattern) { stream, isExpected in
            whole[stream] = isExpected
        }
        return whole
    }

    private func numbered(_ client: inout HTTP2Client) -> [UInt8] {
        var bytes = Self.request
        bytes.withUnsafeMutableBytes { _ = client.number($0) }
        return bytes
    }

    @Test func `gives each request a stream of its own`() throws {
        var client = HTTP2Client()
        #expect(
            numbered(&client) == Self.frame(1, 4, stream: 1, [0x83])
                + Self.frame(0, 1, stream: 1, Array("{}".utf8))
        )
        #expect(try take(&client, Self.settings + answer(1)) == true)
        #expect(numbered(&client)[8] == 3)
    }

    @Test func `takes answers in pieces, and tells the wrong ones`() throws {
        for (text, status, isExpected) in [
            ("{\"a\":1}", 0x88, true), ("{}", 0x88, false), ("{\"a\":1}", 0x8d, false),
        ] {
            var client = HTTP2Client()
            _ = numbered(&client)
            let bytes = answer(1, status: UInt8(status), text)
            for byte in bytes.dropLast() { #expect(try take(&client, [byte]) == nil) }
            #expect(try take(&client, bytes.suffix(1)) == isExpected)
        }
    }

    @Test func `tells answers apart that come by turns`() throws {
        var client = HTTP2Client()
        for _ in 0..<3 { _ = numbered(&client) }
        let (first, second, third) = (answer(1), answer(3, "{}"), answer(5))
        let bytes = second.prefix(11) + first + third.prefix(11) + second.dropFirst(11) + third.dropFirst(11)
        let seen = try takeAll(&client, Array(bytes))
        #expect(seen == [1: true, 3: false, 5: true])
    }

    @Test(arguments: [
        (frame(3, 0, stream: 1, [0, 0, 0, 8]), HTTP2Fault.reset),
        (frame(7, 0, stream: 0, [UInt8](repeating: 0, count: 8)), .goAway),
        ([1, 0, 0, 0, 0, 0, 0, 0, 1], .frameTooLong),
    ])
    func `ends with the connection`(_ bytes: [UInt8], _ fault: HTTP2Fault) {
        var client = HTTP2Client()
        _ = numbered(&client)
        #expect(throws: fault) { try take(&client, bytes) }
    }
}
