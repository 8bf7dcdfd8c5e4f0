import Crypto
import Foundation
import Testing

@testable import Cryptography

@Suite("KeyWrap")
struct KeyWrapTests {
    private let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 0))
    private let data = Array("key id and material id".utf8)

    private var wrap: KeyWrap { KeyWrap(keyring: keyring, purpose: .material) }

    @Test(arguments: [0, 1, 32, 2000])
    func `opens what it sealed`(count: Int) throws {
        let secret = SecretBytes(randomCount: count)
        let sealed = try wrap.seal(secret, authenticating: data)
        #expect(sealed.count == count + KeyWrap.overheadBytes)
        #expect(try wrap.open(sealed, authenticating: data).exposedInTest == secret.exposedInTest)
        #expect(try wrap.openRecord(sealed, authenticating: data) == secret.exposedInTest)
        #expect(try wrap.seal(secret, authenticating: data) != sealed)
    }

    @Test func `refuses every flipped bit and truncation`() throws {
        let sealed = try wrap.seal(record: [1, 2, 3], authenticating: data)
        for bit in 0..<(sealed.count * 8) {
            let changed = sealed.flippingBit(bit)
            // Bytes 1 to 4 name the version of the root key, which this keyring then does not hold.
            let expected: CryptographyError =
                (8..<40).contains(bit)
                ? .unknownRootVersion(KeyWrap.rootVersion(of: changed) ?? 0) : .invalidCiphertext
            #expect(throws: expected) { _ = try wrap.open(changed, authenticating: data).count }
            #expect(throws: expected) { try wrap.openRecord(changed, authenticating: data) }
        }
        for count in 0..<sealed.count {
            #expect(throws: CryptographyError.invalidCiphertext) {
                try wrap.openRecord(Array(sealed.prefix(count)), authenticating: data)
            }
        }
    }

    @Test func `refuses other associated data, purposes and keyrings`() throws {
        let sealed = try wrap.seal(record: [1, 2, 3], authenticating: data)
        for other in [[], data.dropLast(), data + [0], data.flippingBit(5)] {
            #expect(throws: CryptographyError.invalidCiphertext) {
                try wrap.openRecord(sealed, authenticating: Array(other))
            }
        }
        for purpose in KeyPurpose.allCases where purpose != .material {
            #expect(throws: CryptographyError.invalidCiphertext) {
                try KeyWrap(keyring: keyring, purpose: purpose).openRecord(sealed, authenticating: data)
            }
        }
        let stranger = KeyWrap(keyring: .generate(now: Date(timeIntervalSince1970: 0)), purpose: .material)
        #expect(throws: CryptographyError.invalidCiphertext) {
            try stranger.openRecord(sealed, authenticating: data)
        }
    }

    @Test func `names the version of the root key, and opens across its rotation`() throws {
        let old = try wrap.seal(record: [1], authenticating: data)
        let rotated = try #require(keyring.rotated(now: Date(timeIntervalSince1970: 1)))
        let later = KeyWrap(keyring: rotated, purpose: .material)
        let new = try later.seal(record: [2], authenticating: data)
        #expect(KeyWrap.rootVersion(of: old) == 1 && KeyWrap.rootVersion(of: new) == 2)
        #expect(try later.openRecord(old, authenticating: data) == [1])
        #expect(try later.openRecord(new, authenticating: data) == [2])
        #expect(throws: CryptographyError.unknownRootVersion(2)) {
            try wrap.openRecord(new, authenticating: data)
        }
        var claimed = new
        claimed[4] = 1
        #expect(throws: CryptographyError.invalidCiphertext) {
            try later.openRecord(claimed, authenticating: data)
        }
    }

    @Test func `opens no garbage`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = RepeatableBytes(seed: seed)
        for _ in 0..<2000 {
            let garbage = generator.bytes(Int.random(in: 0...100, using: &generator))
            #expect(throws: CryptographyError.self, "seed \(seed)") {
                try wrap.openRecord(garbage, authenticating: data)
            }
            #expect(throws: CryptographyError.invalidCiphertext, "seed \(seed)") {
                try wrap.openRecord([1, 0, 0, 0, 1] + garbage, authenticating: data)
            }
        }
    }
}
