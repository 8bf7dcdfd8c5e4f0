import AWSProtocol
import Foundation
import Operations
import Testing

/// The members of a made-up request that has one of every shape.
private let members: [Member] = [
    .required("KeyId", .string(length: 1...8)),
    .optional("AliasName", .string(length: 1...256, pattern: name)),
    .optional("KeySpec", .enumeration(["A", "B"])),
    .optional("Plaintext", .blob(length: 1...4, isSensitive: true)),
    .optional("Secret", .string(length: 1...4, isSensitive: true)),
    .optional("NumberOfBytes", .integer(1...1024)),
    .optional("DryRun", .boolean),
    .optional("ValidTo", .timestamp),
    .optional("Tokens", .list(.string(length: 1...3), length: 0...2)),
    .optional("Context", .map),
    .optional(
        "Tags",
        .list(.structure([.required("TagKey", .string(length: 1...3)), .optional("TagValue", .string())]))
    ),
]

private let name = Pattern.characters("^[a-z/]+$") { ("a"..."z").contains($0) || $0 == "/" }

@Suite("Checking a request against its shape")
struct InputDecoderTests {
    private func decode(_ json: String) throws -> Input {
        try InputDecoder.decode(try JSON.parse(json), as: members)
    }

    private func message(_ json: String) -> String? {
        do {
            _ = try decode(json)
            return nil
        } catch InputFailure.validation(let message) {
            return message
        } catch {
            return "\(error)"
        }
    }

    @Test func `reads every shape`() throws {
        let input = try decode(
            #"""
            {"KeyId":"k","AliasName":"alias/a","KeySpec":"B","Plaintext":"AAEC","NumberOfBytes":1e3,
             "DryRun":true,"ValidTo":1.5,"Tokens":["a","b"],"Context":{"x":"1","a":"2"},
             "Tags":[{"TagKey":"t","TagValue":""}],"Unknown":[1,2]}
            """#
        )
        #expect(input.string("KeyId") == "k")
        #expect(input.string("KeySpec") == "B")
        #expect(input.blob("Plaintext") == [0, 1, 2])
        #expect(input.integer("NumberOfBytes") == 1000)
        #expect(input.flag("DryRun"))
        #expect(input.timestamp("ValidTo") == Date(timeIntervalSince1970: 1.5))
        #expect(input.strings("Tokens") == ["a", "b"])
        #expect(input.map("Context")?.map(\.key) == ["x", "a"])
        #expect(input.structures("Tags")?.first?.string("TagValue") == "")
    }

    @Test func `takes null for absent`() throws {
        let input = try decode(#"{"KeyId":"k","DryRun":null,"Tokens":null}"#)
        #expect(!input.flag("DryRun"))
        #expect(input.strings("Tokens") == nil)
    }

    @Test(arguments: [
        (
            #"{}"#,
            "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: "
                + "Member must not be null"
        ),
        (
            #"{"KeyId":"k","NumberOfBytes":0}"#,
            "1 validation error detected: Value '0' at 'numberOfBytes' failed to satisfy constraint: "
                + "Member must have value greater than or equal to 1"
        ),
        (
            #"{"KeyId":"k","NumberOfBytes":1025}"#,
            "1 validation error detected: Value '1025' at 'numberOfBytes' failed to satisfy constraint: "
                + "Member must have value less than or equal to 1024"
        ),
        (
            #"{"KeyId":"k","Plaintext":"AAAAAAA="}"#,
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: "
                + "Member must have length less than or equal to 4"
        ),
        (
            #"{"KeyId":"k","Secret":"hunter2"}"#,
            "1 validation error detected: Value at 'secret' failed to satisfy constraint: "
                + "Member must have length less than or equal to 4"
        ),
        (
            #"{"KeyId":"k","KeySpec":"C"}"#,
            "1 validation error detected: Value 'C' at 'keySpec' failed to satisfy constraint: "
                + "Member must satisfy enum value set: [A, B]"
        ),
        (
            #"{"KeyId":"k","AliasName":"alias/A"}"#,
            "1 validation error detected: Value 'alias/A' at 'aliasName' failed to satisfy constraint: "
                + "Member must satisfy regular expression pattern: ^[a-z/]+$"
        ),
        (
            #"{"KeyId":"k","Tags":[{"TagKey":"long"}]}"#,
            "1 validation error detected: Value 'long' at 'tags.1.member.tagKey' failed to satisfy constraint: "
                + "Member must have length less than or equal to 3"
        ),
        (
            #"{"KeyId":"k","Tokens":["a","b","c"]}"#,
            "1 validation error detected: Value '[a, b, c]' at 'tokens' failed to satisfy constraint: "
                + "Member must have length less than or equal to 2"
        ),
        (
            #"{"KeyId":"","KeySpec":"C"}"#,
            "2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: "
                + "Member must have length greater than or equal to 1; Value 'C' at 'keySpec' failed to satisfy "
                + "constraint: Member must satisfy enum value set: [A, B]"
        ),
    ]) func `says in AWS's words what is wrong`(_ json: String, _ expected: String) {
        #expect(message(json) == expected)
    }

    @Test(arguments: [
        #"[]"#, #"{"KeyId":1}"#, #"{"KeyId":["k"]}"#, #"{"KeyId":"k","NumberOfBytes":"1"}"#,
        #"{"KeyId":"k","NumberOfBytes":1.5}"#, #"{"KeyId":"k","NumberOfBytes":2147483648}"#,
        #"{"KeyId":"k","NumberOfBytes":99999999999999999999999}"#, #"{"KeyId":"k","DryRun":"true"}"#,
        #"{"KeyId":"k","Plaintext":"not base64!"}"#, #"{"KeyId":"k","Plaintext":"AA"}"#,
        #"{"KeyId":"k","ValidTo":"2026"}"#, #"{"KeyId":"k","ValidTo":1e300}"#,
        #"{"KeyId":"k","Context":[]}"#, #"{"KeyId":"k","Context":{"a":1}}"#,
        #"{"KeyId":"k","Tags":{"TagKey":"a"}}"#, #"{"KeyId":"k","Tags":["a"]}"#,
    ]) func `refuses a member of the wrong type`(_ json: String) {
        #expect(throws: InputFailure.self) { try decode(json) }
        #expect(message(json)?.contains("serialization") == true)
    }

    @Test func `never repeats a secret or a blob`() {
        let message = message(#"{"KeyId":"k","Secret":"hunter2","Plaintext":"c2VjcmV0IQ=="}"#)
        #expect(message?.contains("hunter2") == false)
        #expect(message?.contains("c2VjcmV0") == false)
    }
}
