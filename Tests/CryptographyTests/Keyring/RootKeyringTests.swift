import Crypto
import Foundation
import Testing

@testable import Cryptography

@Suite("RootKeyring")
struct RootKeyringTests {
    private let moment = Date(timeIntervalSince1970: 1_790_000_000)

    @Test func `seals what others bring back under a root key that all nodes have`() throws {
        let first = RootKeyring.generate(now: moment)
        let later = moment.addingTimeInterval(1000)
        let rotated = try #require(first.rotated(now: later))
        let settling = Double(RootKeyring.settlingSeconds)
        #expect(first.settled(at: moment).currentVersion == 1)
        #expect(rotated.settled(at: later).currentVersion == 1)
        #expect(rotated.settled(at: later + settling - 1).currentVersion == 1)
        #expect(rotated.settled(at: later + settling + 1).currentVersion == 2)
        // It opens what is under any of them.
        let wrapped = try KeyWrap(keyring: rotated, purpose: .grantTokens)
            .seal(record: [1], authenticating: [])
        let settled = KeyWrap(keyring: rotated.settled(at: later), purpose: .grantTokens)
        #expect(try settled.openRecord(wrapped, authenticating: []) == [1])
        let third = try #require(rotated.rotated(now: later + 1))
        #expect(third.settled(at: later + 2).currentVersion == 1)
        #expect(third.settled(at: moment).currentVersion == 1)
    }

    @Test func `gives every purpose and version its own key`() throws {
        let keyring = try #require(RootKeyring.generate(now: moment).rotated(now: moment))
        var keys: Set<[UInt8]> = []
        for version in [UInt32(1), 2] {
            for purpose in KeyPurpose.allCases {
                let key = try keyring.key(for: purpose, version: version)
                #expect(key.bitCount == 256)
                keys.insert(key.withUnsafeBytes { [UInt8]($0) })
            }
        }
        #expect(keys.count == 2 * KeyPurpose.allCases.count)
    }

    @Test func `derives with HKDF-SHA-256 under the purpose's name`() throws {
        let root = SymmetricKey(data: [UInt8](repeating: 3, count: 32))
        let keyring = try #require(
            RootKeyring(entries: [.init(number: 9, createdAtSeconds: 0, root: root)])
        )
        let expected = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: root,
            info: Array("strongroom root 1 grantTokens".utf8),
            outputByteCount: 32
        )
        #expect(try keyring.key(for: .grantTokens, version: 9) == expected)
        #expect(keyring.currentKey(for: .grantTokens) == expected)
    }

    @Test func `rotates to a new current key and keeps the old`() throws {
        let first = RootKeyring.generate(now: moment)
        let second = try #require(first.rotated(now: moment + 60))
        #expect(first.currentVersion == 1 && second.currentVersion == 2)
        #expect(second.versions.map(\.number) == [1, 2])
        #expect(second.versions.map(\.createdAt) == [moment, moment + 60])
        #expect(try second.key(for: .records, version: 1) == first.currentKey(for: .records))
        #expect(second.currentKey(for: .records) != first.currentKey(for: .records))
        #expect(second.lastingKey(for: .materialIdentity) == first.currentKey(for: .materialIdentity))
    }

    @Test(arguments: [0, 4, UInt32.max])
    func `knows no version that it does not hold`(version: UInt32) throws {
        let keyring = RootKeyring.generate(now: moment)
        let third = try #require(keyring.rotated(now: moment)?.rotated(now: moment))
        #expect(throws: CryptographyError.unknownRootVersion(version)) {
            try third.key(for: .material, version: version)
        }
    }

    @Test func `comes back from its bytes as it was`() throws {
        var keyring = RootKeyring.generate(now: moment)
        for round in 1...20 {
            let again = try RootKeyring(serialized: keyring.serialized())
            #expect(again.currentVersion == keyring.currentVersion)
            #expect(again.versions.map(\.number) == keyring.versions.map(\.number))
            #expect(again.versions.map(\.createdAt) == keyring.versions.map(\.createdAt))
            for entry in keyring.entries {
                #expect(
                    try again.key(for: .material, version: entry.number)
                        == keyring.key(for: .material, version: entry.number)
                )
            }
            keyring = try #require(keyring.rotated(now: moment + Double(round)))
        }
    }

    @Test func `refuses every flipped bit, truncation and addition`() throws {
        let keyring = try #require(RootKeyring.generate(now: moment).rotated(now: moment))
        let bytes = keyring.serialized().exposedInTest
        for bit in 0..<(bytes.count * 8) {
            #expect(throws: CryptographyError.malformedKeyring) { try Self.read(bytes.flippingBit(bit)) }
        }
        for count in 0..<bytes.count {
            #expect(throws: CryptographyError.malformedKeyring) { try Self.read(Array(bytes.prefix(count))) }
        }
        #expect(throws: CryptographyError.malformedKeyring) { try Self.read(bytes + [0]) }
    }

    @Test func `refuses garbage with a right digest`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = RepeatableBytes(seed: seed)
        for _ in 0..<1000 {
            let count = Int.random(in: 0...120, using: &generator)
            let body = Array("SRKR".utf8) + [1] + generator.bytes(count)
            #expect(throws: CryptographyError.malformedKeyring, "seed \(seed)") {
                try Self.read(body + Array(SHA256.hash(data: body)))
            }
        }
    }

    @Test func `refuses versions out of order`() throws {
        let root = SymmetricKey(size: .bits256)
        for numbers: [UInt32] in [[], [2, 1], [1, 1], [1, 3, 2]] {
            let entries = numbers.map { RootKeyring.Entry(number: $0, createdAtSeconds: 0, root: root) }
            #expect(RootKeyring(entries: entries) == nil)
        }
    }

    private static func read(_ bytes: [UInt8]) throws(CryptographyError) {
        _ = try RootKeyring(serialized: SecretBytes(copying: bytes))
    }
}
