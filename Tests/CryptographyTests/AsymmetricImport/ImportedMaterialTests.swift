import Testing

@testable import Cryptography

@Suite("Imported material")
struct ImportedMaterialTests {
    private func checked(_ bytes: [UInt8], _ spec: KeySpec) throws -> [UInt8] {
        try ImportedMaterial.checked(SecretBytes(copying: bytes), for: spec).exposedInTest
    }

    @Test(arguments: zip([KeySpec.symmetricDefault] + KeySpec.macs, [32, 28, 32, 48, 64]))
    func `of a symmetric key has exactly its length`(_ spec: KeySpec, _ byteCount: Int) throws {
        let bytes = [UInt8](repeating: 5, count: byteCount)
        #expect(try checked(bytes, spec) == bytes)
        for other in 0..<100 where other != byteCount {
            #expect(throws: CryptographyError.invalidKeyMaterial) {
                try checked([UInt8](repeating: 5, count: other), spec)
            }
        }
    }

    @Test(arguments: KeySpec.asymmetricSupported)
    func `of an asymmetric key is a private key of its spec`(_ spec: KeySpec) throws {
        let key = try SampleKeys.key(spec)
        let der = try key.serialized().exposedInTest
        #expect(try checked(der, spec) == der)
        for bad in [[], [0x30, 0x00], key.publicKeyDER, der + [0], Array(der.dropLast())] {
            #expect(throws: CryptographyError.invalidKeyMaterial) { try checked(bad, spec) }
        }
    }

    @Test(arguments: KeySpec.rsa)
    func `of RSA has numbers that belong together`(_ spec: KeySpec) throws {
        let der = try SampleKeys.key(spec).serialized().exposedInTest
        let seed: UInt64 = 0x25A
        var random = RepeatableBytes(seed: seed)
        // Every number after the header counts: a flipped one fails the check even if it still parses.
        for _ in 0..<12 {
            let bit = Int.random(in: (40 * 8)..<(der.count * 8), using: &random)
            #expect(throws: CryptographyError.invalidKeyMaterial, "seed \(seed), bit \(bit)") {
                try checked(der.flippingBit(bit), spec)
            }
        }
    }

    @Test(arguments: KeySpec.agreeing + [.secp256k1, .sm2])
    func `of a curve has a scalar and a point that belong together`(_ spec: KeySpec) throws {
        let key = try SampleKeys.key(spec)
        let der = try key.serialized().exposedInTest
        let seed: UInt64 = 0xEC2
        var random = RepeatableBytes(seed: seed)
        let scalarStart = 40
        // The byte 04 before the coordinates: 06 and 07 are X9.62's hybrid form of the same point.
        let form = der.count - key.point.count
        for _ in 0..<40 {
            let bit = Int.random(in: (scalarStart * 8)..<(der.count * 8), using: &random)
            guard bit / 8 != form else { continue }
            #expect(throws: CryptographyError.invalidKeyMaterial, "seed \(seed), bit \(bit)") {
                try checked(der.flippingBit(bit), spec)
            }
        }
    }

    @Test func `of a curve refuses zero and the group order as scalars`() throws {
        // The order of P-256 (SP 800-186, 3.2.1.3).
        let order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"
        for scalar in [[0], [UInt8](hexadecimal: order)] {
            let algorithm = DERBuilder.sequence(
                ObjectIdentifiers.ecPublicKey,
                ObjectIdentifiers.curve(.nistP256)
            )
            let der = DERBuilder.sequence(
                DERBuilder.integer(0),
                algorithm,
                DERBuilder.octets(
                    DERBuilder.sequence(
                        DERBuilder.integer(1),
                        DERBuilder.octets(scalar.leftPadded(to: 32))
                    )
                )
            )
            #expect(throws: CryptographyError.invalidKeyMaterial) { try checked(der, .nistP256) }
        }
    }

    @Test func `of a curve gives one storage form with or without its point`() throws {
        let key = try SampleKeys.key(.nistP256)
        let der = try key.serialized().exposedInTest
        // PKCS #8, version, algorithm, then OCTET STRING { SEQUENCE { 1, OCTET STRING scalar, [1] point } }.
        let scalar = Array(der[36..<68])
        let bare = DERBuilder.sequence(
            DERBuilder.integer(0),
            DERBuilder.sequence(ObjectIdentifiers.ecPublicKey, ObjectIdentifiers.curve(.nistP256)),
            DERBuilder.octets(DERBuilder.sequence(DERBuilder.integer(1), DERBuilder.octets(scalar)))
        )
        #expect(try checked(bare, .nistP256) == der)
    }

    @Test func `of RSA refuses a small public exponent`() throws {
        // A key with e = 3 is sound but not allowed (FIPS 186-5, A.1.1).
        let der = try KeyOwner.rsaPrivateKey(bits: 2048, exponent: 3)
        #expect(throws: CryptographyError.invalidKeyMaterial) { try checked(der, .rsa2048) }
    }

    @Test func `of RSA takes others' keys`() throws {
        let der = try KeyOwner.rsaPrivateKey(bits: 2048, exponent: 65537)
        #expect(try checked(der, .rsa2048) == der)
        for spec in KeySpec.asymmetricSupported where spec != .rsa2048 {
            #expect(throws: CryptographyError.invalidKeyMaterial) { try checked(der, spec) }
        }
        let odd = try KeyOwner.rsaPrivateKey(bits: 2056, exponent: 65537)
        #expect(throws: CryptographyError.invalidKeyMaterial) { try checked(odd, .rsa2048) }
    }

    @Test(arguments: [
        "EC/secp256r1-explicit-no-seed.pem", "EC/secp256r1-explicit-seed.pem",
        "EC/explicit_parameters_private_key.pem", "PKCS8/ec-inconsistent-curve.pem",
        "PKCS8/ec-inconsistent-curve2.pem", "PKCS8/ec-invalid-private-scalar.pem",
        "PKCS8/unenc-dsa-pkcs8.pem", "PKCS8/rsa_pss_2048.pem", "PKCS8/bad-oid-dsa-key.pem",
        "PKCS8/enc-rsa-pkcs8.pem", "PKCS8/nodompar_private.pkcs8.pem",
    ])
    func `refuses a file that is not a plain key of the spec`(_ file: String) throws {
        let der = try VectorFile.pem("asymmetric/" + file)
        for spec in KeySpec.asymmetricSupported {
            #expect(throws: CryptographyError.invalidKeyMaterial, "as \(spec.rawValue)") {
                try checked(der, spec)
            }
        }
    }

    @Test func `takes others' files of a plain key`() throws {
        let der = try VectorFile.pem("asymmetric/PKCS8/ec_private_key.pem")
        #expect(try !checked(der, .nistP256).isEmpty)
    }
}
