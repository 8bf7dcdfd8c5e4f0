import AWSProtocol
import Foundation
import Operations
import Testing

@Suite("Reading a Query request")
struct QueryInputTests {
    private static let members: [Member] = [
        .optional("Name", .string(length: 1...8)),
        .optional("Count", .integer(1...100)),
        .optional("Flag", .boolean),
        .optional("When", .timestamp),
        .optional("Bytes", .blob(length: 0...10)),
        .optional("Names", .list(.string(length: 1...3), length: 0...3)),
        .optional("Tags", .list(.structure([.required("Key", .string()), .optional("Value", .string())]))),
        .optional("Inner", .structure([.required("Deep", .integer(0...9))])),
        .optional("Attributes", .map),
    ]

    private func input(_ text: String) throws -> Input {
        let json = try QueryInput.json(
            try QueryParameters(try Form(parsing: text)),
            as: Self.members
        )
        return try InputDecoder.decode(json, as: Self.members)
    }

    @Test func `gives every text the type of its member`() throws {
        let input = try input(
            "Name=a+b&Count=7&Flag=TRUE&When=2015-08-30T12:36:00Z&Bytes=AQI%3D&Names.member.1=x&Names.member.2=y"
                + "&Inner.Deep=3&Attributes.entry.1.key=k&Attributes.entry.1.value=v&Unknown.member.1=z"
        )
        #expect(input.string("Name") == "a b")
        #expect(input.integer("Count") == 7)
        #expect(input.flag("Flag"))
        #expect(input.timestamp("When") == Date(timeIntervalSince1970: 1_440_938_160))
        #expect(input.blob("Bytes") == [1, 2])
        #expect(input.strings("Names") == ["x", "y"])
        #expect(input.structure("Inner")?.integer("Deep") == 3)
        #expect(input.map("Attributes")?.map { $0.key + $0.value } == ["kv"])
        #expect(input.structures("Tags") == nil)
    }

    @Test func `takes text for text whatever it looks like`() throws {
        #expect(try input("Name=true").string("Name") == "true")
        #expect(try input("Name=12").string("Name") == "12")
    }

    @Test(arguments: [
        "Count=", "Count=x", "Count=1.0", "Count=+1", "Count=%201", "Count=99999999999", "Count.member.1=1",
        "Flag=yes", "Flag=", "When=yesterday", "When=1440938160", "Bytes=*", "Names=x", "Names.member.a=x",
        "Names.member.1.Deeper=x", "Name.x=1", "Name=1&Name.x=2", "Inner.Deep.x=1",
        "Attributes.entry.1.key=k", "Attributes.entry.1.value=v",
        "Attributes.entry.1.key=k&Attributes.entry.1.value=v&Attributes.entry.2.key=k&Attributes.entry.2.value=w",
    ])
    func `refuses text that is not of its member's type`(text: String) {
        #expect {
            try input(text)
        } throws: { error in
            if case .serialization? = error as? InputFailure { true } else { false }
        }
    }

    @Test func `tells broken constraints as of any other request`() {
        let message =
            "2 validation errors detected: Value '0' at 'count' failed to satisfy constraint: Member must have "
            + "value greater than or equal to 1; Value null at 'tags.1.member.key' failed to satisfy "
            + "constraint: Member must not be null"
        #expect(throws: InputFailure.validation(message)) { try input("Count=0&Tags.member.1.Value=v") }
    }

    @Test func `does not crash on garbage`() {
        var generator = SystemRandomNumberGenerator()
        let words = ["Name", "Tags", "member", "entry", "1", "2", "Key", "key", "Attributes", "", "Inner"]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                (0..<Int.random(in: 1...5, using: &generator)).map { _ in words.randomElement() ?? "" }
                    .joined(separator: ".") + "=" + (["", "x", "1", "true"].randomElement() ?? "")
            }.joined(separator: "&")
            _ = try? input(text)
        }
    }
}
