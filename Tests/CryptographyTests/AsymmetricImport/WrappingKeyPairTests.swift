import Testing

@testable import Cryptography

@Suite("Wrapping key pairs")
struct WrappingKeyPairTests {
    private static let offered: [WrappingAlgorithm] = [
        .rsaesOAEPSHA1, .rsaesOAEPSHA256, .rsaAESKeyWrapSHA1, .rsaAESKeyWrapSHA256,
    ]

    private func publicKey(_ pair: WrappingKeyPair) throws -> AsymmetricPublicKey {
        try AsymmetricPublicKey(spec: pair.spec.keySpec, subjectPublicKeyInfo: pair.publicKeyDER)
    }

    @Test(arguments: offered)
    func `unwrap what their public key wrapped`(_ algorithm: WrappingAlgorithm) throws {
        let pair = try SampleKeys.wrapping.get()
        var random = RepeatableBytes(seed: 1)
        for count in [16, 32, 64, 138] {
            let material = random.bytes(count)
            let wrapped = try KeyOwner.wrap(material, to: publicKey(pair), algorithm)
            #expect(try pair.unwrap(wrapped, algorithm: algorithm).exposedInTest == material)
        }
    }

    @Test(arguments: [WrappingAlgorithm.rsaAESKeyWrapSHA1, .rsaAESKeyWrapSHA256])
    func `unwrap whole private keys of any spec`(_ algorithm: WrappingAlgorithm) throws {
        let pair = try SampleKeys.wrapping.get()
        for spec in KeySpec.asymmetricSupported {
            let material = try SampleKeys.key(spec).serialized().exposedInTest
            let wrapped = try KeyOwner.wrap(material, to: publicKey(pair), algorithm)
            let unwrapped = try pair.unwrap(wrapped, algorithm: algorithm)
            #expect(try ImportedMaterial.checked(unwrapped, for: spec).exposedInTest == material)
        }
    }

    @Test(arguments: offered)
    func `answer every bad ciphertext alike`(_ algorithm: WrappingAlgorithm) throws {
        let (pair, other) = (try SampleKeys.wrapping.get(), try WrappingKeyPair.generate(.rsa3072))
        let wrapped = try KeyOwner.wrap([UInt8](repeating: 3, count: 32), to: publicKey(pair), algorithm)
        func refuses(_ pair: WrappingKeyPair, _ bytes: [UInt8], _ cause: Comment) {
            #expect(throws: CryptographyError.invalidCiphertext, cause) {
                _ = try pair.unwrap(bytes, algorithm: algorithm).count
            }
        }
        refuses(other, wrapped, "another key pair")
        refuses(pair, wrapped + [0], "extended by one")
        refuses(pair, wrapped + [UInt8](repeating: 0, count: 8), "extended by a block")
        for length in [0, 1, 255, 383, 384, 385, 391, 392, wrapped.count - 1] where length < wrapped.count {
            refuses(pair, Array(wrapped.prefix(length)), "cut to \(length)")
        }
        let seed: UInt64 = 0x1A9
        var random = RepeatableBytes(seed: seed)
        for _ in 0..<20 {
            let bit = Int.random(in: 0..<(wrapped.count * 8), using: &random)
            refuses(pair, wrapped.flippingBit(bit), "seed \(seed), bit \(bit)")
            refuses(pair, random.bytes(Int.random(in: 0...1000, using: &random)), "seed \(seed), random")
        }
        for another in Self.offered where another != algorithm {
            #expect(throws: CryptographyError.invalidCiphertext, "as \(another.rawValue)") {
                _ = try pair.unwrap(wrapped, algorithm: another).count
            }
        }
    }

    @Test func `refuse a transport key that is not AES-256`() throws {
        let pair = try SampleKeys.wrapping.get()
        let transportKey = [UInt8](repeating: 1, count: 16)
        let wrapped = try KeyOwner.wrap(
            [UInt8](repeating: 3, count: 32),
            to: publicKey(pair),
            .rsaAESKeyWrapSHA256,
            transportKey: transportKey
        )
        #expect(throws: CryptographyError.invalidCiphertext) {
            _ = try pair.unwrap(wrapped, algorithm: .rsaAESKeyWrapSHA256).count
        }
    }

    @Test(arguments: [WrappingKeySpec.rsa2048, .rsa4096])
    func `give back the same key pair`(_ spec: WrappingKeySpec) throws {
        let pair = try WrappingKeyPair.generate(spec)
        let stored = try pair.serialized()
        let again = try stored.withUnsafeBytes { raw throws(CryptographyError) in
            try WrappingKeyPair(spec: spec, serialized: raw)
        }
        #expect(again.publicKeyDER == pair.publicKeyDER)
        let wrapped = try KeyOwner.wrap([9, 9], to: publicKey(pair), .rsaesOAEPSHA256)
        #expect(try again.unwrap(wrapped, algorithm: .rsaesOAEPSHA256).exposedInTest == [9, 9])
        #expect(throws: CryptographyError.invalidKeyMaterial) {
            try stored.withUnsafeBytes { raw throws(CryptographyError) in
                try WrappingKeyPair(spec: .rsa3072, serialized: raw)
            }
        }
        #expect("\(pair)" == "<redacted>")
    }

    @Test func `are not offered for SM2, nor PKCS #1 v1.5 wrapping`() throws {
        #expect(throws: CryptographyError.unsupported(.wrappingKeySpec(.sm2))) {
            try WrappingKeyPair.generate(.sm2)
        }
        let pair = try SampleKeys.wrapping.get()
        for algorithm in [WrappingAlgorithm.rsaesPKCS1v15, .sm2PKE] {
            #expect(throws: CryptographyError.unsupported(.wrappingAlgorithm(algorithm))) {
                _ = try pair.unwrap([UInt8](repeating: 0, count: 384), algorithm: algorithm).count
            }
        }
    }
}
