import AWSProtocol
import Testing

@Suite("Building a text")
struct TextBuilderTests {
    @Test(arguments: [
        [], [""], ["a"], ["arn:aws:kms:", "us-east-1", ":", "111122223333"], ["ключ", "🔑", "\u{0}"],
        [String(repeating: "x", count: 10_000), "", "y"],
    ])
    func `joins what is appended`(parts: [String]) {
        let joined = parts.joined()
        for spare in [0, 1, 100] {
            let built = String.built(byteCountMax: joined.utf8.count + spare) { text in
                for part in parts { text.append(part) }
            }
            #expect(built == joined)
        }
    }

    @Test func `takes bytes that are written in place`() {
        let built = String.built(byteCountMax: 8) { text in
            text.append("k-")
            text.append(byteCount: 2) { target in
                target[0] = UInt8(ascii: "0")
                target[1] = UInt8(ascii: "9")
            }
            text.append(byteCount: 0) { _ in }
            text.append("!")
        }
        #expect(built == "k-09!")
    }

    @Test func `reads a text that is not stored as UTF-8 in one piece`() {
        let pieces = (0..<200).map { _ in "é" }.joined().dropFirst(3)
        #expect(String.built(byteCountMax: 400) { $0.append(String(pieces)) } == String(pieces))
    }
}
