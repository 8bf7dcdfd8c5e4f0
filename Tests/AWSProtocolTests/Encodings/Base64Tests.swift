import Foundation
import Testing

@testable import AWSProtocol

@Suite("Base64")
struct Base64Tests {
    @Test(arguments: 0..<200)
    func `agrees with Foundation at every length`(count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        for _ in 0..<20 {
            let bytes = generator.bytes(count)
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString(), "seed \(count)")
            #expect(Base64.decode(text) == bytes, "seed \(count)")
            #expect(Base64.decode(Array("xx".utf8 + Array(text.utf8))[2...]) == bytes, "seed \(count)")
        }
    }

    @Test func `knows all letters in all places`() {
        let bytes = (0..<256).map { UInt8($0) } + (0..<256).reversed().map { UInt8($0) }
        for shift in 0..<8 {
            let rotated = Array(bytes[shift...])
            #expect(Base64.encode(rotated) == Data(rotated).base64EncodedString())
            #expect(Base64.decode(Base64.encode(rotated)) == rotated)
        }
    }

    @Test func `refuses every byte outside of the alphabet in every place`() {
        let valid = Array(Base64.encode((0..<30).map { UInt8($0) }).utf8)
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for place in valid.indices {
            for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) {
                // Padding is right in the last place if the letter before it leaves no bits.
                if byte == UInt8(ascii: "="), place == valid.count - 1 { continue }
                var text = valid
                text[place] = byte
                #expect(Base64.decode(text) == nil, "byte \(byte) at \(place)")
            }
        }
    }

    @Test(arguments: [
        "A", "AA", "AAA", "AAAAA", "A===", "====", "=", "AA=A", "AA==AAAA", "AAA=AAAA", "AA", "AAA", " AAAA",
        "AAAA\n", "AAAA====", "AB==", "AAB=", "A_A-", "AA\0=", "ÄAAA",
    ])
    func `refuses bad padding, white space, other alphabets and stray bits`(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `decodes into memory of the caller and stays inside of it`() {
        for count in 0..<60 {
            let bytes = (0..<count).map { UInt8($0) }
            let text = Array(Base64.encode(bytes).utf8)
            var memory = [UInt8](repeating: 0xEE, count: count + 16)
            let written = text.withUnsafeBytes { text in
                memory.withUnsafeMutableBytes {
                    Base64.decode(text, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<count]))
                }
            }
            #expect(written == count)
            #expect(Array(memory[..<count]) == bytes)
            #expect(memory[count...].allSatisfy { $0 == 0xEE }, "\(count) bytes")
            var short = [UInt8](repeating: 0, count: max(0, count - 1))
            let refused = text.withUnsafeBytes { text in
                short.withUnsafeMutableBytes { Base64.decode(text, into: $0) }
            }
            if count > 0 { #expect(refused == nil) }
        }
    }

    @Test(arguments: 0..<2_000 as Range<UInt64>)
    func `accepts after a mutation only what encodes back`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bytes = generator.bytes(Int.random(in: 0..<50, using: &generator))
        let text = generator.mutation(of: Array(Base64.encode(bytes).utf8))
        guard let decoded = Base64.decode(text) else { return }
        #expect(Array(Base64.encode(decoded).utf8) == text, "seed \(seed)")
    }
}

@Suite("Hex")
struct HexTests {
    @Test func `tells every byte that is no digit, wherever it stands`() {
        for place in 0..<18 {
            for byte in UInt8.min...UInt8.max {
                var text = Array("0123456789abcdef00".utf8)
                text[place] = byte
                let isDigit = Character(Unicode.Scalar(byte)).isHexDigit && byte < 0x80
                let decoded = text.withUnsafeBufferPointer { Hex.decode($0) }
                #expect((decoded != nil) == isDigit, "byte \(byte) at \(place)")
                if let decoded {
                    #expect(Hex.encode(decoded) == String(decoding: text, as: UTF8.self).lowercased())
                }
            }
        }
    }

    @Test func `writes lower case and reads both`() {
        #expect(Hex.encode([0x00, 0x9F, 0xAB]) == "009fab")
        #expect(Hex.decode("009FaB") == [0x00, 0x9F, 0xAB])
        #expect(Hex.decode("") == [])
        #expect(Hex.decode("0123456789abcdefABCDEF") == [1, 35, 69, 103, 137, 171, 205, 239, 171, 205, 239])
    }

    @Test(arguments: ["0", "0g", "0 ", "g0", "0x", "é", "/0", ":0", "@0", "`0"])
    func `refuses anything else`(_ text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
