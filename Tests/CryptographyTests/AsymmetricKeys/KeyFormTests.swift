import Testing

@testable import Cryptography

@Suite("Key encodings")
struct KeyFormTests {
    private func load(_ spec: KeySpec, _ der: [UInt8]) throws -> AsymmetricKey {
        try der.withBytes { bytes throws(CryptographyError) in
            try AsymmetricKey(spec: spec, serialized: bytes)
        }
    }

    @Test(arguments: KeySpec.asymmetricSupported)
    func `give back the same key`(_ spec: KeySpec) throws {
        let key = try SampleKeys.key(spec)
        let der = try key.serialized().exposedInTest
        let again = try load(spec, der)
        #expect(again.publicKeyDER == key.publicKeyDER)
        #expect(try again.serialized().exposedInTest == der)
        #expect(again.isConsistent)
        let sample = try #require(SigningCase.all.first { $0.spec == spec })
        let (type, message) = sample.message
        let signature = try again.sign(message, type: type, algorithm: sample.algorithm)
        #expect(try key.verify(signature: signature, of: message, type: type, algorithm: sample.algorithm))
    }

    @Test(arguments: KeySpec.asymmetricSupported, KeySpec.asymmetricSupported)
    func `are refused under another spec`(_ spec: KeySpec, _ claimed: KeySpec) throws {
        guard spec != claimed else { return }
        let key = try SampleKeys.key(spec)
        let der = try key.serialized().exposedInTest
        #expect(throws: CryptographyError.invalidKeyMaterial) { try load(claimed, der) }
        #expect(throws: CryptographyError.invalidPublicKey) {
            try AsymmetricPublicKey(spec: claimed, subjectPublicKeyInfo: key.publicKeyDER)
        }
    }

    @Test(arguments: KeySpec.asymmetricSupported)
    func `are refused when cut, extended or random`(_ spec: KeySpec) throws {
        let key = try SampleKeys.key(spec)
        let der = try key.serialized().exposedInTest
        let seed: UInt64 = 0xDE4
        var random = RepeatableBytes(seed: seed)
        let lengths = [0, 1, 2, 5, 10] + (0..<40).map { _ in Int.random(in: 0..<der.count, using: &random) }
        for length in lengths {
            #expect(throws: CryptographyError.invalidKeyMaterial, "cut to \(length)") {
                try load(spec, Array(der.prefix(length)))
            }
            #expect(throws: CryptographyError.invalidPublicKey, "cut to \(length)") {
                let part = Array(key.publicKeyDER.prefix(min(length, key.publicKeyDER.count - 1)))
                return try AsymmetricPublicKey(spec: spec, subjectPublicKeyInfo: part)
            }
        }
        #expect(throws: CryptographyError.invalidKeyMaterial) { try load(spec, der + [0]) }
        #expect(throws: CryptographyError.invalidPublicKey) {
            try AsymmetricPublicKey(spec: spec, subjectPublicKeyInfo: key.publicKeyDER + [0])
        }
        for _ in 0..<100 {
            let garbage = random.bytes(Int.random(in: 0...300, using: &random))
            #expect(throws: CryptographyError.invalidKeyMaterial, "seed \(seed)") { try load(spec, garbage) }
            #expect(throws: CryptographyError.invalidPublicKey, "seed \(seed)") {
                try AsymmetricPublicKey(spec: spec, subjectPublicKeyInfo: garbage)
            }
        }
    }

    @Test(arguments: KeySpec.asymmetricSupported)
    func `with a flipped bit fail in one way or load as some key`(_ spec: KeySpec) throws {
        let der = try SampleKeys.key(spec).serialized().exposedInTest
        let seed: UInt64 = 0xF11
        var random = RepeatableBytes(seed: seed)
        for _ in 0..<60 {
            let bit = Int.random(in: 0..<(der.count * 8), using: &random)
            do {
                let key = try load(spec, der.flippingBit(bit))
                #expect(key.spec == spec)
            } catch let error as CryptographyError {
                #expect(error == .invalidKeyMaterial, "seed \(seed), bit \(bit)")
            }
        }
    }

    @Test func `name ML-DSA by RFC 9881`() throws {
        let prefix65 = [UInt8](hexadecimal: "308207b2300b0609608648016503040312038207a100")
        let prefix87 = [UInt8](hexadecimal: "30820a32300b060960864801650304031303820a2100")
        #expect(try SampleKeys.key(.mlDSA65).publicKeyDER.starts(with: prefix65))
        #expect(try SampleKeys.key(.mlDSA87).publicKeyDER.starts(with: prefix87))
        let key = try SampleKeys.key(.mlDSA65).serialized().exposedInTest
        #expect(
            key.starts(
                with: [UInt8](
                    hexadecimal: "3034020100300b06096086480165030403120422 8020".filter { $0 != " " }
                )
            )
        )
        #expect(key.count == 54)
    }

    @Test func `are not made for specs that are not asymmetric, nor for ML-DSA-44`() {
        for spec in KeySpec.allCases where !spec.isAsymmetric || !spec.isSupported {
            #expect(throws: CryptographyError.unsupported(.keySpec(spec))) {
                try AsymmetricKey.generate(spec)
            }
            #expect(throws: CryptographyError.unsupported(.keySpec(spec))) { try load(spec, [1]) }
            #expect(throws: CryptographyError.unsupported(.keySpec(spec))) {
                try AsymmetricPublicKey(spec: spec, subjectPublicKeyInfo: [1])
            }
        }
    }

    @Test(arguments: DataKeyPairSpec.allCases)
    func `of a data key pair belong together`(_ spec: DataKeyPairSpec) throws {
        let pair = try DataKeyPair.generate(spec)
        let key = try load(spec.keySpec, pair.privateKey.exposedInTest)
        #expect(key.publicKeyDER == pair.publicKey)
        #expect(key.isConsistent)
        if spec.keySpec.modulusBitCount == nil {
            #expect(pair.publicKey != (try DataKeyPair.generate(spec).publicKey))
        }
    }

    @Test(arguments: KeySpec.asymmetricSupported)
    func `do not show in text or in dump`(_ spec: KeySpec) throws {
        let key = try SampleKeys.key(spec)
        var dumped = ""
        dump(key, to: &dumped)
        dump([Optional(key)], to: &dumped)
        for text in ["\(key)", String(reflecting: key)] { #expect(text == "<redacted>") }
        #expect(dumped.count < 200)
    }
}
