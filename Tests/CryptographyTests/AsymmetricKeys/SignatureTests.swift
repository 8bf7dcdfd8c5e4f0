import Crypto
import Testing

@testable import Cryptography

@Suite("Signatures")
struct SignatureTests {
    @Test(arguments: SigningCase.all)
    func `verify under their own key, message and algorithm only`(_ sample: SigningCase) throws {
        let (type, message) = sample.message
        let (key, other) = (try SampleKeys.key(sample.spec), try SampleKeys.other(sample.spec))
        let signature = try key.sign(message, type: type, algorithm: sample.algorithm)
        func isValid(_ verifier: AsymmetricKey, _ signature: [UInt8], _ message: [UInt8]) throws -> Bool {
            try verifier.verify(signature: signature, of: message, type: type, algorithm: sample.algorithm)
        }
        #expect(try isValid(key, signature, message))
        #expect(try !isValid(other, signature, message))
        #expect(try !isValid(key, signature, message.flippingBit(3)))
        #expect(try !isValid(key, [], message))
        #expect(try !isValid(key, signature + [0], message))
        #expect(try !isValid(key, Array(signature.dropLast()), message))

        let seed: UInt64 = 0x51 + UInt64(message.count)
        var random = RepeatableBytes(seed: seed)
        for _ in 0..<40 {
            let bit = Int.random(in: 0..<(signature.count * 8), using: &random)
            #expect(try !isValid(key, signature.flippingBit(bit), message), "seed \(seed), bit \(bit)")
            let garbage = random.bytes(Int.random(in: 0...600, using: &random))
            #expect(try !isValid(key, garbage, message), "seed \(seed)")
        }
    }

    @Test func `made in turns with one key under several algorithms are all valid and never the same`() throws
    {
        let message = Array("again".utf8)
        for (spec, algorithms) in [
            (KeySpec.rsa2048, [SigningAlgorithm.rsassaPSSSHA256, .rsassaPKCS1v15SHA512, .rsassaPSSSHA512]),
            (.nistP256, [.ecdsaSHA256]),
        ] {
            let key = try SampleKeys.key(spec)
            var seen: Set<[UInt8]> = []
            for algorithm in [algorithms, algorithms, algorithms.reversed()].joined() {
                let signature = try key.sign(message, type: .raw, algorithm: algorithm)
                #expect(
                    try key.verify(signature: signature, of: message, type: .raw, algorithm: algorithm)
                )
                // PKCS #1 v1.5 alone is not random.
                let isNew = seen.insert(signature).inserted
                #expect(isNew || algorithm == .rsassaPKCS1v15SHA512)
            }
        }
    }

    @Test(arguments: SigningCase.all)
    func `verify with the public key read from DER`(_ sample: SigningCase) throws {
        let (type, message) = sample.message
        let key = try SampleKeys.key(sample.spec)
        let signature = try key.sign(message, type: type, algorithm: sample.algorithm)
        let verifier = try AsymmetricPublicKey(spec: sample.spec, subjectPublicKeyInfo: key.publicKeyDER)
        #expect(verifier.der == key.publicKeyDER)
        #expect(
            try verifier.verify(signature: signature, of: message, type: type, algorithm: sample.algorithm)
        )
    }

    @Test(arguments: SigningCase.all.filter { $0.algorithm.messageTypes == [.raw, .digest] })
    func `over a digest are signatures over the message`(_ sample: SigningCase) throws {
        // SM2's digest depends on the key: covered by the published example.
        guard let hash = sample.algorithm.hash else { return }
        let message = Array("hash me once".utf8)
        let digest: [UInt8] =
            switch hash {
            case .sha256: Array(SHA256.hash(data: message))
            case .sha384: Array(SHA384.hash(data: message))
            case .sha512: Array(SHA512.hash(data: message))
            }
        let key = try SampleKeys.key(sample.spec)
        let raw = try key.sign(message, type: .raw, algorithm: sample.algorithm)
        let digested = try key.sign(digest, type: .digest, algorithm: sample.algorithm)
        #expect(try key.verify(signature: raw, of: digest, type: .digest, algorithm: sample.algorithm))
        #expect(try key.verify(signature: digested, of: message, type: .raw, algorithm: sample.algorithm))
        #expect(try !key.verify(signature: raw, of: digest, type: .raw, algorithm: sample.algorithm))
    }

    @Test(arguments: SigningCase.all.filter { $0.algorithm.messageTypes.contains(.digest) })
    func `refuse a digest of another length`(_ sample: SigningCase) throws {
        let key = try SampleKeys.key(sample.spec)
        let right = try #require(sample.algorithm.digestByteCount)
        for count in [0, 1, right - 1, right + 1, 20, 4096] {
            let digest = [UInt8](repeating: 1, count: count)
            #expect(throws: CryptographyError.invalidDigestLength(sample.algorithm)) {
                try key.sign(digest, type: .digest, algorithm: sample.algorithm)
            }
            #expect(throws: CryptographyError.invalidDigestLength(sample.algorithm)) {
                try key.verify(signature: [1], of: digest, type: .digest, algorithm: sample.algorithm)
            }
        }
    }

    @Test(arguments: KeySpec.asymmetricSupported, SigningAlgorithm.allCases)
    func `refuse another spec's algorithm`(_ spec: KeySpec, _ algorithm: SigningAlgorithm) throws {
        guard !spec.signingAlgorithms.contains(algorithm) else { return }
        let key = try SampleKeys.key(spec)
        let refusal = CryptographyError.incompatible(algorithm: algorithm.rawValue, spec: spec)
        #expect(throws: refusal) { try key.sign([1], type: .raw, algorithm: algorithm) }
        #expect(throws: refusal) {
            try key.verify(signature: [1], of: [1], type: .raw, algorithm: algorithm)
        }
    }

    @Test(arguments: [
        (KeySpec.edwards25519, SigningAlgorithm.ed25519SHA512, MessageType.digest),
        (.edwards25519, .ed25519phSHA512, .raw),
        (.mlDSA65, .mlDSAShake256, .digest),
        (.rsa2048, .rsassaPSSSHA256, .externalMu),
        (.nistP256, .ecdsaSHA256, .externalMu),
        (.edwards25519, .ed25519SHA512, .externalMu),
    ])
    func `refuse a message type that does not go with the algorithm`(
        _ spec: KeySpec,
        _ algorithm: SigningAlgorithm,
        _ type: MessageType
    ) throws {
        let key = try SampleKeys.key(spec)
        let message = [UInt8](repeating: 0, count: 64)
        #expect(throws: CryptographyError.invalidMessageType(type, algorithm)) {
            try key.sign(message, type: type, algorithm: algorithm)
        }
    }

    @Test func `are not made of an external message representative`() throws {
        let key = try SampleKeys.key(.mlDSA87)
        #expect(throws: CryptographyError.unsupported(.messageType(.externalMu))) {
            try key.sign([UInt8](repeating: 0, count: 64), type: .externalMu, algorithm: .mlDSAShake256)
        }
    }

    @Test func `have the sizes of FIPS 204 and of RSA's moduli`() throws {
        let sizes: [(KeySpec, SigningAlgorithm, Int)] = [
            (.mlDSA65, .mlDSAShake256, 3309), (.mlDSA87, .mlDSAShake256, 4627),
            (.rsa2048, .rsassaPSSSHA512, 256), (.rsa3072, .rsassaPKCS1v15SHA256, 384),
            (.rsa4096, .rsassaPSSSHA256, 512), (.edwards25519, .ed25519SHA512, 64),
        ]
        for (spec, algorithm, count) in sizes {
            let signature = try SampleKeys.key(spec).sign([], type: .raw, algorithm: algorithm)
            #expect(signature.count == count)
            #expect(
                try SampleKeys.key(spec).verify(
                    signature: signature,
                    of: [],
                    type: .raw,
                    algorithm: algorithm
                )
            )
        }
    }
}
