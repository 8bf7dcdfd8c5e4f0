import BenchmarkKit
import Testing

@Suite("HTTPMessage")
struct HTTPMessageTests {
    private static let sized =
        "HTTP/1.1 200 OK\r\nServer: a\r\ncontent-LENGTH: \t5 \r\nX-Content-Length: 9\r\n\r\nhello"
    private static let chunked =
        "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"

    private static func answer(_ text: some StringProtocol) throws(HTTPFault) -> HTTPMessage? {
        try Array(text.utf8).withUnsafeBytes { bytes in
            Result { () throws(HTTPFault) in try HTTPMessage.answer(in: bytes) }
        }.get()
    }

    private static func request(_ text: some StringProtocol) throws(HTTPFault) -> HTTPMessage? {
        try Array(text.utf8).withUnsafeBytes { bytes in
            Result { () throws(HTTPFault) in try HTTPMessage.request(in: bytes) }
        }.get()
    }

    @Test func `finds the end of an answer by its length`() throws {
        let message = try #require(try Self.answer(Self.sized + "HTTP/1.1"))
        #expect(message.status == 200)
        #expect(message.byteCount == Self.sized.utf8.count && message.body.count == 5)
    }

    @Test func `finds the end of an answer in chunks`() throws {
        let message = try #require(try Self.answer(Self.chunked + "more"))
        #expect(message.status == 400 && message.byteCount == Self.chunked.utf8.count)
    }

    @Test func `knows answers that have no body`() throws {
        let text = "HTTP/1.1 204 No Content\r\nServer: a\r\n\r\n"
        #expect(try Self.answer(text)?.byteCount == text.utf8.count)
    }

    @Test(arguments: [sized, chunked]) func `waits for the rest, wherever an answer is cut`(_ text: String)
        throws
    {
        for count in 0..<text.utf8.count {
            let cut = String(decoding: text.utf8.prefix(count), as: UTF8.self)
            #expect(try Self.answer(cut) == nil, "\(count)")
        }
        #expect(try Self.answer(text) != nil)
    }

    @Test func `finds the end of requests, with a body and without`() throws {
        let post = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
        #expect(try Self.request(post + "POST")?.byteCount == post.utf8.count)
        #expect(try Self.request(post.dropLast()) == nil)
        let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        #expect(try Self.request(get)?.byteCount == get.utf8.count)
    }

    @Test(
        arguments: [
            ("HTTP/2 200 OK\r\n\r\n", .statusLine),
            ("HTTP/1.1 2000 OK\r\n\r\n", .statusLine),
            ("HTTP/1.1 100 Continue\r\n\r\n", .statusLine),
            ("\r\n\r\n", .statusLine),
            ("HTTP/1.1 200 OK\r\n\r\n", .noLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .contentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1 2\r\n\r\n", .contentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", .contentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", .contentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", .bodyTooLong),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", .contentLength),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .contentLength),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .transferEncoding),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", .chunk),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n", .chunk),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", .chunk),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", .chunk),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", .bodyTooLong),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", .chunk),
        ] as [(String, HTTPFault)]
    )
    func `refuses what is no answer`(_ text: String, _ fault: HTTPFault) {
        #expect(throws: fault) { try Self.answer(text) }
    }

    @Test func `refuses a head without an end`() {
        #expect(throws: HTTPFault.headTooLong) {
            try Self.answer(String(repeating: "a", count: HTTPMessage.headBytesMax))
        }
    }

    @Test(arguments: [3, 5, 8] as [UInt64])
    func `never reads past the end of garbage`(_ seed: UInt64) {
        var random = seed
        func next() -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return random >> 33
        }
        for round in 0..<20_000 {
            var bytes = Array((round % 2 == 0 ? Self.sized : Self.chunked).utf8)
            for _ in 0..<(1 + next() % 4) { bytes[Int(next() % UInt64(bytes.count))] = UInt8(next() % 256) }
            bytes.removeLast(Int(next() % 8))
            bytes.withUnsafeBytes { bytes in
                guard let message = try? HTTPMessage.answer(in: bytes) else { return }
                #expect(message.byteCount <= bytes.count && message.body.lowerBound >= 16, "seed \(seed)")
            }
        }
    }

    @Test func `finds bytes in bytes`() {
        let text = Array("aabaabaaab".utf8)
        text.withUnsafeBytes { bytes in
            #expect(bytes.offset(of: "aaab") == 6)
            #expect(bytes.offset(of: "") == 0)
            #expect(bytes.offset(of: "aabaabaaab") == 0)
            #expect(bytes.offset(of: "aabaabaaabb") == nil)
            #expect(bytes.offset(of: "c") == nil)
            #expect(UnsafeRawBufferPointer(rebasing: bytes[10...]).offset(of: "a") == nil)
        }
    }
}
