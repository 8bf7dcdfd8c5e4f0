import AWSProtocol

@testable import KESServer

/// KES's routes, and the readers of heads and bodies that stand in front of the HTTP library and the JSON parser.
enum KESHTTPTarget {
    static let target = FuzzTarget(name: "kes-http", bytesMax: 1_024, run: run) {
        FuzzTarget.seeds([
            (
                "generate",
                head("POST /v1/key/generate/my-key HTTP/1.1", "Content-Length: 14") + #"{"context":""}"#
            ),
            ("decrypt", #"{"ciphertext":"AAAA","context":"BBBB"}"#),
            ("space", " {\n\t\"message\" : \"\" }\r\n"),
            ("escape", #"{"context":"\u0041"}"#), ("twice", #"{"context":"","context":"A"}"#),
            ("other", #"{"version":1,"plaintext":null}"#), ("bulk", "/v1/key/bulk/decrypt/my-key"),
            ("list", "/v1/key/list"), ("describe", "/v1/identity/self/describe"), ("empty", "{}"),
            ("chunked", head("PUT /v1/key/encrypt/k HTTP/1.1", "Transfer-Encoding: chunked")),
            ("lengths", head("PUT /v1/key/encrypt/k HTTP/1.1", "Content-Length: 1", "content-length: 2")),
            ("close", head("GET /version HTTP/1.1", "Connection: close")),
        ])
    }

    private static func head(_ lines: String...) -> String {
        (lines + ["Host: h"]).joined(separator: "\r\n") + "\r\n\r\n"
    }

    static func run(_ input: [UInt8]) {
        heads(input)
        body(input)
        route(input.repairedText)
    }

    private static func heads(_ input: [UInt8]) {
        let whole = parse(input, searched: 0)
        var known = 0
        var outcome = PlainRequest.Outcome.incomplete
        for count in stride(from: input.count % 7, through: input.count, by: 7) {
            outcome = parse(Array(input.prefix(count)), searched: known)
            guard outcome == .incomplete else { break }
            known = count
        }
        if outcome == .incomplete { outcome = parse(input, searched: known) }
        promise(outcome == whole, "a head is read otherwise when it comes in parts")
        guard case .request(let request) = whole else { return }
        let head = Array(input.prefix(request.headBytes))
        promise(head.suffix(4) == [13, 10, 13, 10], "a head does not end with an empty line")
        let lines = head.dropLast(4).split(separator: 0x0A, omittingEmptySubsequences: false)
        promise(
            lines.dropLast().allSatisfy { $0.last == 0x0D && $0.count > 1 }
                && head.count(where: { $0 == 0x0D }) == lines.count + 1,
            "a line ends in another way than by CRLF"
        )
        promise(
            head.starts(with: Array(input[request.line]) + Array(" HTTP/1.1\r\n".utf8)),
            "the first line is read otherwise"
        )
        let names = lines.dropFirst().map {
            Array($0.prefix { $0 != UInt8(ascii: ":") }).repairedText.lowercased()
        }
        promise(!names.contains("transfer-encoding") && !names.contains("expect"), "the body has two lengths")
        promise(names.count(where: { $0 == "host" }) == 1, "not one host")
        let lengths = names.count(where: { $0 == "content-length" })
        promise(
            lengths == 1 || lengths == 0 && request.bodyBytes == 0,
            "the body's length is none of the head's"
        )
    }

    private static func parse(_ bytes: [UInt8], searched: Int) -> PlainRequest.Outcome {
        bytes.withUnsafeBytes { PlainRequest.parse($0, searched: searched) }
    }

    /// What the plain reader takes the whole parser takes too, and reads the same.
    private static func body(_ input: [UInt8]) {
        guard let plain = input.withUnsafeBytes({ PlainBody.parse($0) }), !input.isEmpty else { return }
        guard let json = accepted({ try JSON.parse(input) }), case .object(let object) = json else {
            broken("a body is read that is no object")
        }
        let members = [
            ("context", plain.context), ("plaintext", plain.plaintext), ("ciphertext", plain.ciphertext),
            ("message", plain.message),
        ]
        for (name, range) in members {
            promise(
                json[name]?.text == range.map { Array(input[$0]).repairedText },
                "\(name) is read otherwise"
            )
        }
        promise(object.members.count == members.count(where: { $0.1 != nil }), "a member is passed over")
    }

    private static func route(_ path: String) {
        guard let (route, resource) = Route.find(path) else { return }
        let isList = resource.isEmpty && route.path == path + "/"
        promise(isList || Array((route.path + resource).utf8) == Array(path.utf8), "a path leads elsewhere")
    }
}
