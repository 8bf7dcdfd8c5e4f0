import Foundation
import Testing

@testable import Cryptography

@Suite("KeyUniqueID")
struct KeyUniqueIDTests {
    @Test(arguments: [
        "134f2428-cec1-4b25-a1ae-9048164dba47", "1234abcd-12ab-34cd-56ef-1234567890ab",
        "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "mrk-1234abcd12ab34cd56ef1234567890ab", "mrk-00000000000000000000000000000000",
    ])
    func `reads and writes the two text forms`(text: String) throws {
        let id = try #require(KeyUniqueID(text))
        #expect(id.text == text && "\(id)" == text)
        #expect(id.isMultiRegion == text.hasPrefix("mrk-"))
        #expect(KeyUniqueID(text[...]) == id)
        let digits = text.replacing("mrk-", with: "").replacing("-", with: "")
        #expect(id.bytes == [UInt8](hexadecimal: digits))
        #expect(KeyUniqueID(bytes: id.bytes, isMultiRegion: id.isMultiRegion) == id)
    }

    @Test(arguments: [
        "", "fake-key-id", "mrk-fake-key-id", "key_id", "134f2428cec14b25a1ae9048164dba47",
        "134F2428-CEC1-4B25-A1AE-9048164DBA47", "134f2428-cec1-4b25-a1ae-9048164dba4",
        "134f2428-cec1-4b25-a1ae-9048164dba477", "134f2428-cec14b25--a1ae-9048164dba47",
        "134f2428-cec1-4b25-a1ae-9048164dba4g", " 34f2428-cec1-4b25-a1ae-9048164dba47",
        "{34f2428-cec1-4b25-a1ae-9048164dba4}", "134f2428-cec1-4b25-a1ae-9048164dba47\n",
        "mrk-1234ABCD12ab34cd56ef1234567890ab", "MRK-1234abcd12ab34cd56ef1234567890ab",
        "mrk-1234abcd12ab34cd56ef1234567890a", "mrk-1234abcd12ab34cd56ef1234567890abc",
        "mrk_1234abcd12ab34cd56ef1234567890ab", "mrk-1234abcd-12ab-34cd-56ef-1234567890ab",
        "\u{FF11}34f2428-cec1-4b25-a1ae-9048164dba4", "alias/134f2428-cec1-4b25-a1ae-9048164dba",
    ])
    func `refuses every other text`(text: String) {
        #expect(KeyUniqueID(text) == nil)
    }

    @Test func `refuses any one byte changed into what is no digit`() {
        for text in ["134f2428-cec1-4b25-a1ae-9048164dba47", "mrk-1234abcd12ab34cd56ef1234567890ab"] {
            for index in text.utf8.indices {
                for replacement in ["-", "G", "A", "/", ":", "`", "g", "\u{7F}"] {
                    var changed = text
                    changed.replaceSubrange(index...index, with: replacement)
                    guard changed != text else { continue }
                    #expect(KeyUniqueID(changed) == nil, "\(changed)")
                }
            }
        }
    }

    @Test func `reads nothing but its own form out of random text`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = RepeatableBytes(seed: seed)
        for _ in 0..<5000 {
            let alphabet = Array("0123456789abcdefABCDEFmrk-")
            let count = Int.random(in: 30...40, using: &generator)
            let text = String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "x" })
            if let id = KeyUniqueID(text) { #expect(id.text == text, "seed \(seed)") }
            let bytes = generator.bytes(36)
            let garbage = String(decoding: bytes, as: UTF8.self)
            if let id = KeyUniqueID(garbage) { #expect(id.text == garbage, "seed \(seed)") }
        }
    }

    @Test func `keeps every id through text, bytes and JSON`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = RepeatableBytes(seed: seed)
        for round in 0..<500 {
            let bytes = generator.bytes(16)
            let id = try #require(KeyUniqueID(bytes: bytes, isMultiRegion: round % 2 == 0))
            #expect(KeyUniqueID(id.text) == id, "seed \(seed)")
            #expect(id.bytes == bytes, "seed \(seed)")
            let json = try JSONEncoder().encode([id])
            #expect(try JSONDecoder().decode([KeyUniqueID].self, from: json) == [id], "seed \(seed)")
        }
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([KeyUniqueID].self, from: Data(#"["mrk-nonsense"]"#.utf8))
        }
    }

    @Test(arguments: [false, true])
    func `generates distinct version 7 ids`(multiRegion: Bool) {
        let ids = (0..<1000).map { _ in KeyUniqueID.generate(multiRegion: multiRegion, at: .now) }
        #expect(Set(ids).count == ids.count)
        for id in ids {
            #expect(id.isMultiRegion == multiRegion)
            #expect(id.bytes[6] >> 4 == 7 && id.bytes[8] >> 6 == 0b10)
            #expect(KeyUniqueID(id.text) == id)
        }
    }

    /// The example of RFC 9562, appendix A.6, has this time.
    @Test func `begins with the time in milliseconds`() {
        let example = KeyUniqueID.generate(multiRegion: false, at: Date(timeIntervalSince1970: 1_645_557_742))
        #expect(example.text.hasPrefix("017f22e2-79b0-7"))
        let times: [Double] = [-1, 0, 1, 1_645_557_742.001, 4_102_444_800]
        let texts = times.map {
            KeyUniqueID.generate(multiRegion: true, at: Date(timeIntervalSince1970: $0)).text
        }
        #expect(texts[0].hasPrefix("mrk-0000000000007") && texts[1].hasPrefix("mrk-0000000000007"))
        #expect(Array(texts[1...]) == texts[1...].sorted())
    }

    @Test func `the same bytes with another kind are another id`() throws {
        let bytes = RandomSource.bytes(16)
        let single = try #require(KeyUniqueID(bytes: bytes, isMultiRegion: false))
        let multiple = try #require(KeyUniqueID(bytes: bytes, isMultiRegion: true))
        #expect(single != multiple)
    }

    @Test(arguments: [0, 1, 15, 17, 32])
    func `refuses another number of bytes`(count: Int) {
        #expect(KeyUniqueID(bytes: [UInt8](repeating: 1, count: count), isMultiRegion: false) == nil)
    }
}
