import Testing

@testable import KESServer

@Suite("A head that the fast lane reads")
struct PlainRequestTests {
    private static let plain = "POST /v1/key/generate/a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n"

    private func parse(_ text: String) -> PlainRequest.Outcome { parse(Array(text.utf8), searched: 0) }

    private func parse(_ bytes: [UInt8], searched: Int) -> PlainRequest.Outcome {
        bytes.withUnsafeBytes { PlainRequest.parse($0, searched: searched) }
    }

    @Test func `is read with what follows it left alone`() {
        let expected = PlainRequest(line: 0..<23, headBytes: Self.plain.utf8.count, bodyBytes: 2)
        #expect(parse(Self.plain) == .request(expected))
        #expect(parse(Self.plain + "{}GET / HTTP/1.1\r\n\r\n") == .request(expected))
    }

    @Test func `is waited for wherever it is cut off`() {
        let bytes = Array(Self.plain.utf8)
        for count in bytes.indices {
            #expect(parse(Array(bytes.prefix(count)), searched: 0) == .incomplete)
            #expect(parse(bytes, searched: count) == parse(Self.plain))
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.0\r\nHost: h\r\n\r\n",  // Another version.
        "GET / HTTP/1.1\r\n\r\n",  // No host, and two.
        "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\nHost: h\r\n\r\n",  // Lines that end otherwise.
        "GET / HTTP/1.1\r\nHost: h\n\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n X: folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: \u{1}\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
        "get / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nTrailer: x\r\n\r\n",
        "\r\n\r\n", "\0\0\0\0\r\n\r\n",
    ])
    func `is left to the library when it is not plain`(_ text: String) {
        #expect(parse(text) == .foreign)
    }

    @Test func `is left to the library when it is too long`() {
        let many = (0..<300).map { "X-\($0): y\r\n" }.joined()
        #expect(parse("GET / HTTP/1.1\r\nHost: h\r\n\(many)\r\n") == .foreign)
        let long = String(repeating: "x", count: 40_000)
        #expect(parse("GET /\(long)") == .foreign)
        #expect(parse("GET / HTTP/1.1\r\nHost: h\r\nX: \(long)\r\n\r\n") == .foreign)
    }
}

@Suite("A body that the fast lane reads")
struct PlainBodyTests {
    private func parse(_ text: String) -> [String: String]? {
        let bytes = Array(text.utf8)
        guard let body = bytes.withUnsafeBytes({ PlainBody.parse($0) }) else { return nil }
        let members = [
            "context": body.context, "plaintext": body.plaintext, "ciphertext": body.ciphertext,
            "message": body.message,
        ]
        return members.compactMapValues { $0.map { String(decoding: bytes[$0], as: UTF8.self) } }
    }

    @Test(arguments: [
        ("", [:]), ("{}", [:]), (" {\t}\r\n", [:]), (#"{"context":""}"#, ["context": ""]),
        (#"{"ciphertext":"AA==","context":"YQ=="}"#, ["ciphertext": "AA==", "context": "YQ=="]),
        (#" { "plaintext" : "A" , "message" : "B" } "#, ["plaintext": "A", "message": "B"]),
    ])
    func `has its members`(_ text: String, _ members: [String: String]) {
        #expect(parse(text) == members)
    }

    @Test(arguments: [
        "{", "}", "[]", "null", "{}x", "{},", #"{"context"}"#, #"{"context":}"#, #"{"context":"}"#,
        #"{"context":"",}"#, #"{"context":null}"#, #"{"context":1}"#, #"{"context":"\n"}"#,
        #"{"context":"a","context":"b"}"#, #"{"version":"1"}"#, #"{"Context":""}"#, #"{"contexts":""}"#,
        "{\"context\":\"\u{7F}\"}", "{\"context\":\"é\"}", "{\"context\":\"\n\"}", "\u{FEFF}{}",
    ])
    func `is left to the whole parser when it is not plain`(_ text: String) {
        #expect(parse(text) == nil)
    }
}
