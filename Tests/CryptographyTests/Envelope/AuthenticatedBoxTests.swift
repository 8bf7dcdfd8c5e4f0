import Crypto
import Foundation
import Testing

@testable import Cryptography

@Suite("AuthenticatedBox")
struct AuthenticatedBoxTests {
    private let key = RandomSource.bytes(32)
    private let data = Array("what it is bound to".utf8)

    @Test(arguments: [0, 1, 16, 65_536]) func `is opened by another implementation, and opens its boxes`(
        _ count: Int
    ) throws {
        let text = RandomSource.bytes(count)
        let symmetric = SymmetricKey(data: key)
        let ours = try AuthenticatedBox.seal(text, key: key, authenticating: data)
        #expect(ours.count == count + AuthenticatedBox.overheadBytes)
        let box = try AES.GCM.SealedBox(combined: ours)
        #expect(try [UInt8](AES.GCM.open(box, using: symmetric, authenticating: data)) == text)
        let theirs = try #require(try AES.GCM.seal(text, using: symmetric, authenticating: data).combined)
        #expect(try AuthenticatedBox.open([UInt8](theirs), key: key, authenticating: data) == text)
    }

    @Test func `never seals twice alike`() throws {
        let boxes = try (0..<100).map { _ in try AuthenticatedBox.seal([1], key: key, authenticating: data) }
        #expect(Set(boxes).count == 100)
    }

    @Test func `opens nothing that was changed, cut off, or sealed otherwise`() throws {
        let box = try AuthenticatedBox.seal(Array("value".utf8), key: key, authenticating: data)
        func refuses(_ box: [UInt8], _ key: [UInt8], _ data: [UInt8]) {
            #expect(throws: CryptographyError.invalidCiphertext) {
                try AuthenticatedBox.open(box, key: key, authenticating: data)
            }
        }
        for index in box.indices {
            var changed = box
            changed[index] ^= 1
            refuses(changed, key, data)
            refuses(Array(box[..<index]), key, data)
        }
        refuses(box + [0], key, data)
        refuses(box, RandomSource.bytes(32), data)
        refuses(box, Array(key.dropLast()), data)
        refuses(box, [], data)
        refuses(box, key, data + [0])
    }
}
