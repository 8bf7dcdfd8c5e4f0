import Crypto
import Foundation
import Testing

@testable import Cryptography

@Suite("KeyMaterialID")
struct KeyMaterialIDTests {
    private static let secret = SymmetricKey(data: [UInt8](repeating: 7, count: 32))

    private static func derive(
        _ keyID: KeyUniqueID,
        _ material: [UInt8],
        secret: SymmetricKey = secret
    ) -> KeyMaterialID {
        material.withUnsafeBytes {
            KeyMaterialID.derive(keyID: keyID, material: $0, secret: DerivationKey(secret))
        }
    }

    @Test func `is the HMAC of the length-prefixed key id and material`() throws {
        let keyID = try #require(KeyUniqueID("mrk-1234abcd12ab34cd56ef1234567890ab"))
        let material = [UInt8](1...32)
        let input = [0, 0, 0, 36] + Array(keyID.text.utf8) + [0, 0, 0, 32] + material
        let expected = HMAC<SHA256>.authenticationCode(for: input, using: Self.secret)
        #expect(Self.derive(keyID, material).bytes == Array(expected))
    }

    @Test func `differs by key, by material and by secret, and by nothing else`() {
        let one = KeyUniqueID.generate(multiRegion: true, at: .now)
        let other = KeyUniqueID.generate(multiRegion: true, at: .now)
        let material = RandomSource.bytes(32)
        let id = Self.derive(one, material)
        #expect(id == Self.derive(one, material))
        #expect(id != Self.derive(other, material))
        #expect(id != Self.derive(one, material.flippingBit(100)))
        #expect(id != Self.derive(one, material, secret: SymmetricKey(size: .bits256)))
    }

    @Test func `is written as 64 lower-case digits and read back`() throws {
        let id = Self.derive(.generate(multiRegion: false, at: .now), [1])
        #expect(id.text.utf8.count == 64 && "\(id)" == id.text)
        #expect([UInt8](hexadecimal: id.text) == id.bytes)
        #expect(KeyMaterialID(id.text) == id)
        #expect(KeyMaterialID(bytes: id.bytes) == id)
        let json = try JSONEncoder().encode([id])
        #expect(try JSONDecoder().decode([KeyMaterialID].self, from: json) == [id])
    }

    @Test func `refuses other texts`() {
        let text = Self.derive(.generate(multiRegion: false, at: .now), [1]).text
        #expect(KeyMaterialID("") == nil)
        #expect(KeyMaterialID(text.dropLast()) == nil)
        #expect(KeyMaterialID(text + "0") == nil)
        #expect(KeyMaterialID("A" + text.dropFirst()) == nil)
        #expect(KeyMaterialID(text.dropLast() + "g") == nil)
        #expect(KeyMaterialID("é" + text.dropFirst(2)) == nil)
        #expect(KeyMaterialID(bytes: [UInt8](repeating: 0, count: 31)) == nil)
    }
}
