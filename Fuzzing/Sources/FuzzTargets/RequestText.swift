import AWSProtocol

/// A request as a text that a fuzzer can change: method, path and query, headers, an empty line, the body.
struct RequestText {
    var method: String
    var path: String
    var query: String
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    init(
        method: String = "POST",
        path: String = "/",
        query: String = "",
        headers: [(name: String, value: String)],
        body: [UInt8]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// Reads whatever there is; what is missing is empty.
    init(_ input: [UInt8]) {
        var lines = input.pieces()[...]
        let first = (lines.popFirst() ?? []).pieces(separatedBy: 0x20, max: 2)
        method = first[0].repairedText
        let address = (first.count > 1 ? first[1] : []).pieces(separatedBy: UInt8(ascii: "?"), max: 2)
        path = address[0].repairedText
        query = address.count > 1 ? address[1].repairedText : ""
        headers = []
        while let line = lines.popFirst(), !line.isEmpty {
            let parts = line.pieces(separatedBy: UInt8(ascii: ":"), max: 2)
            headers.append((parts[0].repairedText, parts.count > 1 ? parts[1].repairedText : ""))
        }
        body = Array(lines.joined(separator: [0x0A]))
    }

    var bytes: [UInt8] {
        let head =
            (["\(method) \(path)\(query.isEmpty ? "" : "?\(query)")"]
                + headers.map { "\($0.name):\($0.value)" })
        return Array((head.joined(separator: "\n") + "\n\n").utf8) + body
    }

    var signed: SignedRequest {
        SignedRequest(
            method: method,
            rawPath: path,
            rawQuery: query,
            headers: HeaderList(headers),
            payload: .bytes(body)
        )
    }

    /// Whether an HTTP parser gives requests like this one: names are tokens, values have no control characters
    /// but the tab, and the first line has no spaces (RFC 9112).
    var isPlausible: Bool {
        headers.allSatisfy { name, value in
            !name.isEmpty && name.utf8.allSatisfy { Self.isToken($0) }
                && value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
        } && (path + query + method).utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
