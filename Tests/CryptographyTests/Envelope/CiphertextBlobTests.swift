import Crypto
import Foundation
import Testing

@testable import Cryptography

@Suite("CiphertextBlob")
struct CiphertextBlobTests {
    private let key = SymmetricKey(size: .bits256)
    private let keyID = KeyUniqueID.generate(multiRegion: false, at: .now)
    private let context: EncryptionContext = ["tenant": "42", "purpose": "test"]

    private var materialID: KeyMaterialID {
        key.withUnsafeBytes { KeyMaterialID.derive(keyID: keyID, material: $0, secret: DerivationKey(key)) }
    }

    private func seal(
        _ plaintext: [UInt8],
        keyID: KeyUniqueID? = nil,
        context: EncryptionContext? = nil
    ) throws -> [UInt8] {
        try plaintext.withUnsafeBytes {
            try CiphertextBlob.seal(
                $0,
                keyID: keyID ?? self.keyID,
                materialID: materialID,
                key: DerivationKey(key),
                context: context ?? self.context
            )
        }
    }

    private func open(_ bytes: [UInt8], key: SymmetricKey? = nil, context: EncryptionContext? = nil) throws
        -> [UInt8]
    {
        let blob = try #require(CiphertextBlob.parse(bytes))
        return try blob.open(with: DerivationKey(key ?? self.key), context: context ?? self.context)
            .exposedInTest
    }

    @Test(arguments: [0, 1, 15, 16, 17, 32, 1000, 4096, 65_536])
    func `opens what it sealed, and says who can`(count: Int) throws {
        let plaintext = RandomSource.bytes(count)
        for id in [keyID, .generate(multiRegion: true, at: .now)] {
            let bytes = try seal(plaintext, keyID: id)
            let blob = try #require(CiphertextBlob.parse(bytes))
            #expect(blob.keyID == id && blob.materialID == materialID && blob.bytes == bytes)
            #expect(blob.plaintextByteCount == count)
            #expect(bytes.count == count + CiphertextBlob.overheadBytes)
            #expect(try open(bytes) == plaintext)
        }
    }

    @Test func `stays within the overhead that the limits of requests allow`() {
        #expect(CiphertextBlob.overheadBytes == 82)
        #expect(CiphertextBlob.overheadBytes <= 110 && 4096 + CiphertextBlob.overheadBytes <= 6144)
    }

    @Test func `never seals twice to the same bytes`() throws {
        let plaintext = [UInt8](repeating: 0, count: 32)
        let blobs = try (0..<1000).map { _ in try seal(plaintext) }
        #expect(Set(blobs).count == 1000)
        #expect(Set(blobs.map { $0[50..<66] }).count == 1000)
    }

    /// Reads the documented form with swift-crypto instead of libcrypto.
    @Test func `has the form that its documentation says`() throws {
        let plaintext = Array("attack at dawn".utf8)
        let id = KeyUniqueID.generate(multiRegion: true, at: .now)
        let bytes = try seal(plaintext, keyID: id)
        #expect(bytes[0] == 1 && bytes[1] == 1)
        #expect(Array(bytes[2..<18]) == id.bytes)
        #expect(Array(bytes[18..<50]) == materialID.bytes)
        let fixed = Array("strongroom ciphertext 1".utf8) + [0] + bytes[50..<66] + [0, 0, 1, 0x60]
        let derived = [1, 2].flatMap { (counter: UInt8) in
            Array(HMAC<SHA256>.authenticationCode(for: [0, 0, 0, counter] + fixed, using: key))
        }
        let box = try AES.GCM.SealedBox(
            nonce: AES.GCM.Nonce(data: derived[32..<44]),
            ciphertext: bytes[66..<(bytes.count - 16)],
            tag: bytes.suffix(16)
        )
        let opened = try AES.GCM.open(
            box,
            using: SymmetricKey(data: derived[..<32]),
            authenticating: Array(bytes[..<66]) + context.canonicalBytes
        )
        #expect(Array(opened) == plaintext)
    }

    @Test func `refuses every flipped bit`() throws {
        let bytes = try seal(Array("attack at dawn".utf8))
        for bit in 0..<(bytes.count * 8) {
            guard let blob = CiphertextBlob.parse(bytes.flippingBit(bit)) else {
                #expect(bit < 16, "bit \(bit) is not of version or kind")
                continue
            }
            #expect(throws: CryptographyError.invalidCiphertext, "bit \(bit)") {
                _ = try blob.open(with: DerivationKey(key), context: context).count
            }
        }
    }

    @Test func `refuses every truncation and any addition`() throws {
        let bytes = try seal(RandomSource.bytes(20))
        for count in 0..<bytes.count {
            guard let blob = CiphertextBlob.parse(Array(bytes.prefix(count))) else {
                #expect(count < CiphertextBlob.overheadBytes)
                continue
            }
            #expect(throws: CryptographyError.invalidCiphertext) {
                _ = try blob.open(with: DerivationKey(key), context: context).count
            }
        }
        #expect(throws: CryptographyError.invalidCiphertext) { try open(bytes + [0]) }
    }

    @Test(
        arguments: [
            [:], ["tenant": "42"], ["tenant": "42", "purpose": "test", "more": ""],
            ["tenant": "43", "purpose": "test"], ["Tenant": "42", "purpose": "test"],
            ["tenant": "42", "purpose": "tes", "t": ""], ["tenan": "t42", "purpose": "test"],
        ] as [EncryptionContext]
    )
    func `refuses another context`(other: EncryptionContext) throws {
        let bytes = try seal([1, 2, 3])
        #expect(throws: CryptographyError.invalidCiphertext) { try open(bytes, context: other) }
    }

    @Test func `refuses another key`() throws {
        let bytes = try seal([1, 2, 3])
        #expect(throws: CryptographyError.invalidCiphertext) {
            try open(bytes, key: SymmetricKey(size: .bits256))
        }
    }

    @Test func `refuses a header taken from another blob of the same key`() throws {
        let one = try seal(RandomSource.bytes(32))
        let other = try seal(RandomSource.bytes(32), keyID: .generate(multiRegion: false, at: .now))
        for cut in [18, 50, 66] {
            #expect(throws: CryptographyError.invalidCiphertext) {
                try open(Array(other[..<cut] + one[cut...]))
            }
        }
    }

    @Test func `reads no garbage, and opens none`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = RepeatableBytes(seed: seed)
        for _ in 0..<2000 {
            var bytes = generator.bytes(Int.random(in: 0...200, using: &generator))
            if bytes.count > 2, Bool.random(using: &generator) {
                bytes[0] = 1
                bytes[1] &= 1
            }
            guard let blob = CiphertextBlob.parse(bytes) else { continue }
            #expect(throws: CryptographyError.invalidCiphertext, "seed \(seed)") {
                _ = try blob.open(with: DerivationKey(key), context: context).count
            }
        }
    }

    @Test func `seals and opens in many tasks at once`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<200 {
                        let plaintext = Array("\(task)/\(round)".utf8)
                        let bytes = try seal(plaintext)
                        #expect(try open(bytes) == plaintext)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
