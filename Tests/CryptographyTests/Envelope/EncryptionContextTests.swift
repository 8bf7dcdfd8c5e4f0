import Foundation
import Testing

@testable import Cryptography

@Suite("EncryptionContext")
struct EncryptionContextTests {
    @Test func `an empty context has no bytes`() {
        #expect(EncryptionContext.empty.canonicalBytes.isEmpty)
        #expect(EncryptionContext.empty.byteCount == 0)
        #expect(EncryptionContext([]) == .empty && EncryptionContext.empty.isEmpty)
    }

    @Test func `each text stands behind its length, keys in the order of their bytes`() {
        let context: EncryptionContext = ["b": "", "a": "xyz", "\u{E9}": "1", "B": "2"]
        let expected: [UInt8] =
            [0, 0, 0, 1, 0x42, 0, 0, 0, 1, 0x32] + [0, 0, 0, 1, 0x61, 0, 0, 0, 3, 0x78, 0x79, 0x7A]
            + [0, 0, 0, 1, 0x62, 0, 0, 0, 0] + [0, 0, 0, 2, 0xC3, 0xA9, 0, 0, 0, 1, 0x31]
        #expect(context.canonicalBytes == expected)
        #expect(context.byteCount == expected.count)
        #expect(context.pairs.map(\.key) == ["B", "a", "b", "\u{E9}"])
    }

    @Test(
        arguments: [
            (["a": "bc"], ["ab": "c"]), (["a": ""], ["": "a"]), (["a": "b"], [:]), (["": ""], [:]),
            (["a": "b", "c": "d"], ["a": "bc", "d": ""]), (["a": "b", "c": "d"], ["a": "b\0\0\0\u{1}cd"]),
            (["A": "b"], ["a": "b"]), (["a": "b "], ["a": "b"]), (["caf\u{E9}": "1"], ["cafe\u{301}": "1"]),
            (["1": "caf\u{E9}"], ["1": "cafe\u{301}"]),
        ] as [(EncryptionContext, EncryptionContext)]
    )
    func `different contexts have different bytes`(one: EncryptionContext, other: EncryptionContext) {
        #expect(one != other)
        #expect(one.canonicalBytes != other.canonicalBytes)
    }

    @Test func `of two pairs with one key the later counts, also among look-alikes`() {
        let context = EncryptionContext([
            (key: "a", value: "1"), (key: "e\u{301}", value: "2"), (key: "a", value: "3"),
            (key: "\u{E9}", value: "4"),
        ])
        #expect(context.count == 3)
        #expect(context["a"] == "3" && context["e\u{301}"] == "2" && context["\u{E9}"] == "4")
        #expect(context["b"] == nil)
    }

    @Test func `holds a subset and refuses a pair that differs`() {
        let context: EncryptionContext = ["a": "1", "b": "2"]
        #expect(context.contains(.empty) && context.contains(context) && context.contains(["b": "2"]))
        for other: EncryptionContext in [["b": "3"], ["c": "2"], ["a": "1", "c": ""], ["B": "2"]] {
            #expect(!context.contains(other))
        }
        #expect(!EncryptionContext.empty.contains(["a": "1"]))
    }

    @Test func `two random contexts agree in bytes only when they are equal`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = RepeatableBytes(seed: seed)
        var known: [[UInt8]: EncryptionContext] = [:]
        for _ in 0..<20_000 {
            let context = Self.random(using: &generator)
            #expect(context.byteCount == context.canonicalBytes.count, "seed \(seed)")
            if let twin = known.updateValue(context, forKey: context.canonicalBytes) {
                #expect(twin == context, "seed \(seed)")
            }
            let read = try #require(Self.parse(context.canonicalBytes), "seed \(seed)")
            #expect(read == context, "seed \(seed)")
        }
    }

    @Test func `order of the pairs does not matter`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = RepeatableBytes(seed: seed)
        for _ in 0..<500 {
            let context = Self.random(using: &generator)
            let shuffled = context.pairs.shuffled(using: &generator)
            let again = EncryptionContext(shuffled.map { (key: $0.key, value: $0.value) })
            #expect(again == context && again.hashValue == context.hashValue, "seed \(seed)")
            #expect(again.canonicalBytes == context.canonicalBytes, "seed \(seed)")
        }
    }

    @Test func `is stored without merging look-alike keys`() throws {
        let context: EncryptionContext = ["caf\u{E9}": "1", "cafe\u{301}": "2", "": ""]
        let json = try JSONEncoder().encode(context)
        #expect(try JSONDecoder().decode(EncryptionContext.self, from: json) == context)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(EncryptionContext.self, from: Data(#"["a","b","c"]"#.utf8))
        }
    }

    /// Few and short texts, so that near-collisions come often.
    private static func random(using generator: inout RepeatableBytes) -> EncryptionContext {
        let texts = ["", "a", "b", "ab", "c", "bc", "\0", "\u{E9}", "e\u{301}", "\u{1}a"]
        let count = Int.random(in: 0...3, using: &generator)
        return EncryptionContext(
            (0..<count).map { _ in
                (
                    key: texts.randomElement(using: &generator) ?? "",
                    value: texts.randomElement(using: &generator) ?? ""
                )
            }
        )
    }

    /// Reads the canonical form back, which the product never needs: it shows that the form loses nothing.
    private static func parse(_ bytes: [UInt8]) -> EncryptionContext? {
        var rest = bytes[...]
        var texts: [String] = []
        while !rest.isEmpty {
            guard rest.count >= 4 else { return nil }
            let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard rest.count >= count else { return nil }
            texts.append(String(decoding: rest.prefix(count), as: UTF8.self))
            rest = rest.dropFirst(count)
        }
        guard texts.count.isMultiple(of: 2) else { return nil }
        return EncryptionContext(
            stride(from: 0, to: texts.count, by: 2).map { (key: texts[$0], value: texts[$0 + 1]) }
        )
    }
}
