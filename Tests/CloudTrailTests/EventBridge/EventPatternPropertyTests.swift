import AWSProtocol
import Testing

@testable import CloudTrail

/// Properties that hold for whatever a seeded generator makes.
@Suite("Event patterns, by their properties")
struct EventPatternPropertyTests {
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    private static func text(_ random: inout Generator) -> String {
        String(
            (0..<Int.random(in: 0...6, using: &random)).map { _ in
                "ab*\\/é".randomElement(using: &random) ?? "a"
            }
        )
    }

    private static func quoted(_ text: String) -> String { JSON.string(JSONString(text)).rendered }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `a value matches itself, its beginning and its end, and nothing that excludes it`(_ seed: UInt64)
        throws
    {
        var random = Generator(state: seed)
        for _ in 0..<20 {
            let value = Self.text(&random)
            let event = try JSON.parse(#"{"a":\#(Self.quoted(value))}"#)
            let cut = Int.random(in: 0...value.count, using: &random)
            let start = Self.quoted(String(value.prefix(cut)))
            let end = Self.quoted(String(value.suffix(cut)))
            let escaped = value.reduce(into: "") { $0 += $1 == "*" || $1 == "\\" ? "\\\($1)" : String($1) }
            let holding = [
                Self.quoted(value), #"{"prefix":\#(start)}"#, #"{"suffix":\#(end)}"#,
                #"{"equals-ignore-case":\#(Self.quoted(value.uppercased()))}"#, #"{"exists":true}"#,
                #"{"wildcard":\#(Self.quoted(escaped))}"#, #"{"wildcard":\#(Self.quoted(escaped + "*"))}"#,
                #"{"anything-but":\#(Self.quoted(value + "x"))}"#,
            ]
            for test in holding {
                let pattern = try EventPattern(parsing: #"{"a":[\#(test)]}"#)
                #expect(pattern.matches(event), "seed \(seed): \(test) on \(value)")
            }
            for test in [
                #"{"anything-but":\#(Self.quoted(value))}"#, #"{"anything-but":{"prefix":\#(start)}}"#,
                #"{"exists":false}"#, Self.quoted(value + "x"),
            ] {
                let pattern = try EventPattern(parsing: #"{"a":[\#(test)]}"#)
                #expect(!pattern.matches(event), "seed \(seed): \(test) on \(value)")
            }
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `wildcards agree with a plain search`(_ seed: UInt64) throws {
        var random = Generator(state: seed)
        for _ in 0..<50 {
            let parts = (0..<Int.random(in: 1...4, using: &random)).map { index in
                let length = Int.random(in: (index == 0 ? 0 : 1)...3, using: &random)
                return String((0..<length).map { _ in "ab".randomElement(using: &random) ?? "a" })
            }
            let value = String(
                (0..<Int.random(in: 0...9, using: &random)).map { _ in
                    "ab".randomElement(using: &random) ?? "a"
                }
            )
            let text = parts.joined(separator: "*")
            let pattern = try WildcardPattern(text)
            let expected = Self.plain(Array(text), Array(value))
            let found = Array(value.utf8).withUnsafeBufferPointer { pattern.matches($0) }
            #expect(found == expected, "seed \(seed): \(text) on \(value)")
        }
    }

    /// The definition, by recursion.
    private static func plain(_ pattern: [Character], _ value: [Character]) -> Bool {
        guard let first = pattern.first else { return value.isEmpty }
        if first == "*" {
            return (0...value.count).contains {
                plain(Array(pattern.dropFirst()), Array(value.dropFirst($0)))
            }
        }
        return value.first == first && plain(Array(pattern.dropFirst()), Array(value.dropFirst()))
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `garbage is refused or compiled, and never stops the program`(_ seed: UInt64) throws {
        var random = Generator(state: seed)
        let words = [
            "{", "}", "[", "]", ":", ",", #""a""#, #""$or""#, #""prefix""#, #""numeric""#, #""anything-but""#,
            #""wildcard""#, #""exists""#, #""cidr""#, "1", "true", "null", #""*""#, #"">""#, #""10.0.0.0/8""#,
        ]
        let event = try JSON.parse(#"{"a":{"a":["*",1,true,null,"10.0.0.1"]}}"#)
        for _ in 0..<400 {
            var text = "{"
            for _ in 0..<Int.random(in: 0...14, using: &random) {
                text += words.randomElement(using: &random) ?? ""
            }
            text += "}"
            guard let pattern = try? EventPattern(parsing: text) else { continue }
            _ = pattern.matches(event)
        }
    }
}
