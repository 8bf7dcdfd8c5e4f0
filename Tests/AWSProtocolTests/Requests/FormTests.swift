import Testing

@testable import AWSProtocol

@Suite("Form")
struct FormTests {
    @Test func `keeps the order and decodes both parts`() throws {
        let form = try Form(parsing: "Action=Create%55ser&Version=2010-05-08&a%20b=c+d%2Be&empty=&flag&x=a=b")
        #expect(form.pairs.map(\.name) == ["Action", "Version", "a b", "empty", "flag", "x"])
        #expect(form["Action"] == "CreateUser")
        #expect(form["a b"] == "c d+e")
        #expect(form["empty"] == "")
        #expect(form["flag"] == "")
        #expect(form["x"] == "a=b")
        #expect(form["X"] == nil)
    }

    @Test(arguments: ["", "&", "&&&"])
    func `may be empty`(_ text: String) throws {
        #expect(try Form(parsing: text).count == 0)
    }

    @Test(arguments: [
        ("a=%", FormError.invalidEscape), ("a=%4", .invalidEscape), ("%zz=1", .invalidEscape),
        ("a=%ff", .invalidUTF8), ("%C3=1", .invalidUTF8), ("=1", .emptyName), ("a=1&a=2", .duplicateName),
        ("a=1&%61=2", .duplicateName), ("a=1&b=2&c=3&d=4", .tooManyPairs(pairsMax: 3)),
    ])
    func `is refused when malformed`(_ text: String, _ error: FormError) {
        #expect(throws: error) { try Form(parsing: text, pairsMax: 3) }
        #expect(error.wire.code == "MalformedQueryString")
    }

    @Test(arguments: 0..<2_000 as Range<UInt64>)
    func `survives mutation`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let valid = Array("Action=GetCallerIdentity&Version=2011-06-15&Name=a%2Bb+c%C3%A9".utf8)
        let bytes = generator.mutation(of: generator.mutation(of: valid))
        guard let form = try? Form(parsing: bytes) else { return }
        let again = form.pairs.map {
            "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))"
        }
        let reread = try Form(parsing: again.joined(separator: "&"))
        #expect(reread.pairs.map(\.name) == form.pairs.map(\.name), "seed \(seed)")
        #expect(reread.pairs.map(\.value) == form.pairs.map(\.value), "seed \(seed)")
    }

    @Test func `does not print values`() throws {
        let form = try Form(parsing: "Password=hunter2")
        var dumped = ""
        dump(form, to: &dumped)
        #expect(!"\(form)\(String(reflecting: form))\(dumped)".contains("hunter2"))
    }
}

@Suite("HeaderList")
struct HeaderListTests {
    private let headers = HeaderList([
        ("Host", "example.com"), ("X-Multi", " a "), ("x-MULTI", "b  \t c"), ("Empty", "  "),
        ("", "nameless"),
    ])

    @Test func `is looked up by lower-case names`() {
        #expect(headers["host"] == "example.com")
        #expect(headers["x-multi"] == "a")
        #expect(headers["empty"] == "")
        #expect(headers["hos"] == nil)
        #expect(headers.contains("empty"))
        #expect(!headers.contains("absent"))
        #expect(headers.occurrences(of: "x-multi") == 2)
        #expect(headers.names(withPrefix: "x-") == ["x-multi", "x-multi"])
        #expect(headers.count == 5)
    }

    @Test(arguments: [
        ([""], ""), (["  a  "], "a"), (["a  b"], "a b"), (["a \t\r\n b"], "a b"), (["a\tb"], "a b"),
        (["a", "b"], "a,b"), (["a b c"], "a b c"), ([" a", "b ", "", "c  d"], "a,b,,c d"), (["   "], ""),
        (["a b  c   d"], "a b c d"),
    ])
    func `joins and collapses values for signing`(_ values: [String], _ expected: String) {
        let headers = HeaderList(values.map { ("X", $0) })
        var bytes: [UInt8] = []
        Array("x".utf8).withUnsafeBufferPointer { headers.appendCanonicalValues(of: $0, to: &bytes) }
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test func `does not print what it holds`() {
        var dumped = ""
        dump(headers, to: &dumped)
        #expect(!"\(headers)\(String(reflecting: headers))\(dumped)".contains("example"))
    }
}
