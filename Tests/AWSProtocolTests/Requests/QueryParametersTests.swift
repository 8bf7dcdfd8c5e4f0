import AWSProtocol
import Testing

@Suite("The parameters of a Query request")
struct QueryParametersTests {
    private func parameters(_ text: String) throws -> QueryParameters {
        try QueryParameters(try Form(parsing: text))
    }

    @Test func `make a tree of their names`() throws {
        let tree = try parameters(
            "Action=TagUser&Tags.member.1.Key=a&Tags.member.1.Value=b%20c&Tags.member.2.Key=d"
        )
        #expect(tree.children["Action"]?.value == "TagUser")
        let tags = try #require(tree.children["Tags"]?.elements)
        #expect(tags.map { $0.children["Key"]?.value } == ["a", "d"])
        #expect(tags.map { $0.children["Value"]?.value } == ["b c", nil])
    }

    @Test func `count lists by number, whatever their order and gaps`() throws {
        let tree = try parameters("L.member.10=c&L.member.2=b&L.member.1=a")
        #expect(tree.children["L"]?.elements?.map(\.value) == ["a", "b", "c"])
    }

    @Test(arguments: ["L.member.1=a", "L.entry.1=a", "L.1=a"])
    func `take a list below member, below entry, and flat`(text: String) throws {
        #expect(try parameters(text).children["L"]?.elements?.map(\.value) == ["a"])
    }

    @Test func `take an empty value for an empty list`() throws {
        #expect(try parameters("L=").children["L"]?.elements?.isEmpty == true)
    }

    @Test(arguments: [
        "L=text", "L.member.x=a", "L.member.0=a", "L.member.01=a", "L.member.-1=a", "L.member=a",
        "L.member.1=a&L.entry.1=b", "L.member.1=a&L.2=b", "L.member.1234567890=a", "L.member.1=a&L.member=b",
    ])
    func `take nothing else for a list`(text: String) throws {
        #expect(try parameters(text).children["L"]?.elements == nil)
    }

    @Test func `are refused when a name has too many or empty parts`() throws {
        let deepest = Array(repeating: "a", count: QueryParameters.depthMax).joined(separator: ".")
        #expect(throws: Never.self) { try parameters("\(deepest)=1") }
        #expect(throws: FormError.tooDeep(depthMax: 16)) { try parameters("\(deepest).a=1") }
        for text in [".=1", "a.=1", ".a=1", "a..b=1"] {
            #expect(throws: FormError.emptyName) { try parameters(text) }
        }
    }

    @Test func `print no values`() throws {
        let tree = try parameters("Password=hunter2&A.B=hunter2")
        var shown = "\(tree) \(String(reflecting: tree))"
        dump(tree, to: &shown)
        #expect(!shown.contains("hunter2"))
    }
}
