import Cryptography
import KES
import Testing

@Suite("KESKey")
struct KESKeyTests {
    static let algorithms: [KeyAlgorithm] = [.aes256, .chaCha20]

    private func key(_ algorithm: KeyAlgorithm) throws -> KESKey {
        .fresh(algorithm, at: try #require(Samples.moment), by: Samples.identity)
    }

    @Test(arguments: algorithms) func `decrypts what it encrypted`(_ algorithm: KeyAlgorithm) throws {
        let key = try key(algorithm)
        var random = SystemRandomNumberGenerator()
        for count in [0, 1, 15, 16, 17, 32, 1_000, 100_000] {
            let plaintext = (0..<count).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
            let context = (0..<(count % 61)).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
            let ciphertext = try key.encrypt(Samples.secret(plaintext), context: context)
            #expect(ciphertext.count == count + 44)
            let opened = try Samples.content(key.decrypt(ciphertext, context: context))
            #expect(opened == plaintext)
        }
    }

    /// One in 128 begins like a ciphertext of an older generation.
    @Test(arguments: algorithms) func `decrypts whatever its ciphertexts begin with`(
        _ algorithm: KeyAlgorithm
    ) throws {
        let key = try key(algorithm)
        var beginnings: Set<UInt8> = []
        for _ in 0..<4_000 {
            let generated = try key.generate(context: [1, 2])
            beginnings.formUnion(generated.ciphertext.prefix(1))
            let opened = try key.decrypt(generated.ciphertext, context: [1, 2])
            let isSame = opened.isEqual(to: generated.plaintext)
            #expect(isSame)
        }
        #expect(beginnings.isSuperset(of: [0x95, 0x7b]))
    }

    @Test(arguments: algorithms) func `generates 32 bytes, never the same`(_ algorithm: KeyAlgorithm) throws {
        let key = try key(algorithm)
        let one = try key.generate(context: [])
        let two = try key.generate(context: [])
        let (count, isSame) = (one.plaintext.count, one.plaintext.isEqual(to: two.plaintext))
        #expect(count == 32 && !isSame)
        #expect(one.ciphertext.count == 76)
        #expect(one.ciphertext != two.ciphertext)
    }

    @Test(arguments: algorithms) func `refuses any flipped bit`(_ algorithm: KeyAlgorithm) throws {
        let key = try key(algorithm)
        let ciphertext = try key.encrypt(Samples.secret("a secret of some length"), context: [])
        for bit in 0..<(ciphertext.count * 8) {
            var flipped = ciphertext
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: KESError.decryptionFailed) { _ = try key.decrypt(flipped, context: []) }
        }
    }

    @Test func `refuses garbage`() throws {
        let key = try key(.aes256)
        for seed in 0..<2_000 {
            let bytes = (0..<(seed % 200)).map { _ in UInt8.random(in: 0 ... .max) }
            for start: [UInt8] in [[], [0x95], [0x7b], [0x95, 0xdb, 0xff, 0xff, 0xff, 0xff]] {
                #expect(throws: KESError.decryptionFailed) { _ = try key.decrypt(start + bytes, context: []) }
            }
        }
    }

    /// RFC 4231 test case 2 has this key and message; here the key is read from a stored form.
    @Test func `makes HMACs with the stored key for them`() throws {
        let stored = Samples.secret(
            "CiQKIMiHG7XrN94FuwblJJor4f7f6rbqAl7DwsLaiIoyz0D2EAESJAognLXl4yqa4cjZTcSbsU6sNnN8kP9ARWkXwa20YQZa9HgQ"
                + "ARoMCNithK0GEID67qYDIkAzZWNmY2RmMzhmY2JlMTQxYWUyNmExMDMwZjgxZTk2Yjc1MzM2NWE0Njc2MGFlNmI1Nzg2"
                + "OThhOTdjNTlmZDIy"
        )
        let key = try #require(StoredKey.read(stored))
        let expected = try #require(StoredKeyTests.macKeyReference.first)
        #expect(key.hmac(Array(expected.message.utf8)) == expected.code())
    }

    @Test func `derives the same key for HMACs whenever an old key is read`() throws {
        let one = try Samples.key(Samples.zeroKey, algorithm: nil)
        let two = try Samples.key(Samples.zeroKey, algorithm: nil)
        let other = try Samples.key([UInt8](repeating: 1, count: 32), algorithm: nil)
        let message = Array("root access key".utf8)
        #expect(one.hmac(message) == two.hmac(message))
        #expect(one.hmac(message).count == 32)
        #expect(one.hmac(message) != other.hmac(message))
        #expect(one.hmac(message) != one.hmac(Array("root secret key".utf8)))
    }
}
