import Testing

@testable import Cryptography

@Suite("Public key encryption")
struct EncryptionTests {
    struct Case: CustomTestStringConvertible {
        let spec: KeySpec
        let algorithm: EncryptionAlgorithm
        var testDescription: String { "\(spec.rawValue) \(algorithm.rawValue)" }

        static let all = KeySpec.asymmetricSupported.flatMap { spec in
            spec.encryptionAlgorithms.map { Case(spec: spec, algorithm: $0) }
        }
    }

    private func encrypt(_ key: AsymmetricKey, _ plaintext: [UInt8], _ algorithm: EncryptionAlgorithm) throws
        -> [UInt8]
    {
        try plaintext.withBytes { bytes throws(CryptographyError) in
            try key.encrypt(bytes, algorithm: algorithm)
        }
    }

    @Test(arguments: Case.all)
    func `gives back every plaintext up to the limit`(_ sample: Case) throws {
        let key = try SampleKeys.key(sample.spec)
        let bytesMax = try #require(sample.spec.plaintextBytesMax(sample.algorithm))
        var random = RepeatableBytes(seed: 7)
        for count in [1, 2, 32, bytesMax - 1, bytesMax] {
            let plaintext = random.bytes(count)
            let ciphertext = try encrypt(key, plaintext, sample.algorithm)
            #expect(try encrypt(key, plaintext, sample.algorithm) != ciphertext)
            #expect(try key.decrypt(ciphertext, algorithm: sample.algorithm).exposedInTest == plaintext)
        }
    }

    @Test(arguments: Case.all)
    func `refuses a plaintext over the limit`(_ sample: Case) throws {
        let key = try SampleKeys.key(sample.spec)
        let bytesMax = try #require(sample.spec.plaintextBytesMax(sample.algorithm))
        let refusal = CryptographyError.plaintextTooLong(sample.algorithm, sample.spec, bytesMax: bytesMax)
        #expect(throws: refusal) {
            try encrypt(key, [UInt8](repeating: 1, count: bytesMax + 1), sample.algorithm)
        }
    }

    @Test(arguments: Case.all)
    func `answers every bad ciphertext alike`(_ sample: Case) throws {
        let (key, other) = (try SampleKeys.key(sample.spec), try SampleKeys.other(sample.spec))
        let ciphertext = try encrypt(key, Array("attack at dawn".utf8), sample.algorithm)
        func refuses(_ key: AsymmetricKey, _ ciphertext: [UInt8], _ cause: Comment) {
            #expect(throws: CryptographyError.invalidCiphertext, cause) {
                _ = try key.decrypt(ciphertext, algorithm: sample.algorithm).count
            }
        }
        refuses(other, ciphertext, "another key")
        refuses(key, [], "nothing")
        refuses(key, Array(ciphertext.dropLast()), "truncated")
        refuses(key, ciphertext + [0], "extended")
        refuses(key, [UInt8](repeating: 0xFF, count: ciphertext.count), "beyond the modulus")
        let seed: UInt64 = 0xDEC
        var random = RepeatableBytes(seed: seed)
        for _ in 0..<20 {
            let bit = Int.random(in: 0..<(ciphertext.count * 8), using: &random)
            refuses(key, ciphertext.flippingBit(bit), "seed \(seed), bit \(bit)")
            refuses(key, random.bytes(ciphertext.count), "seed \(seed), random")
            refuses(key, random.bytes(Int.random(in: 0...700, using: &random)), "seed \(seed), random length")
        }
    }

    @Test(arguments: KeySpec.rsa)
    func `does not open one OAEP hash's ciphertext with the other`(_ spec: KeySpec) throws {
        let key = try SampleKeys.key(spec)
        let ciphertext = try encrypt(key, [1, 2, 3], .rsaesOAEPSHA1)
        #expect(throws: CryptographyError.invalidCiphertext) {
            _ = try key.decrypt(ciphertext, algorithm: .rsaesOAEPSHA256).count
        }
    }

    @Test(arguments: KeySpec.asymmetricSupported, EncryptionAlgorithm.allCases)
    func `refuses another spec's algorithm`(_ spec: KeySpec, _ algorithm: EncryptionAlgorithm) throws {
        guard !spec.encryptionAlgorithms.contains(algorithm) else { return }
        let key = try SampleKeys.key(spec)
        let refusal = CryptographyError.incompatible(algorithm: algorithm.rawValue, spec: spec)
        #expect(throws: refusal) { try encrypt(key, [1], algorithm) }
        #expect(throws: refusal) { _ = try key.decrypt([1], algorithm: algorithm).count }
    }
}
