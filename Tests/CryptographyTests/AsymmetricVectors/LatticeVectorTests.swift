import Crypto
import Testing

@testable import Cryptography

@Suite("ML-DSA vectors")
struct LatticeVectorTests {
    @Test(arguments: [
        (KeySpec.mlDSA65, "65", 3309, ObjectIdentifiers.mlDSA65),
        (.mlDSA87, "87", 4627, ObjectIdentifiers.mlDSA87),
    ])
    func `give the published keys and verify the published signatures`(
        _ spec: KeySpec,
        _ level: String,
        _ signatureByteCount: Int,
        _ algorithm: [UInt8]
    ) throws {
        let vectors = try VectorFile("asymmetric/MLDSA/kat_MLDSA_\(level)_det_pure.rsp")
            .vectors(beginningWith: "count")
        #expect(vectors.count == 100)
        for vector in vectors {
            let number: Comment = "count \(vector.fields["count"] ?? "")"
            let seed = try vector.bytes("xi")
            let key = try seed.withBytes { raw throws(CryptographyError) in try LatticeKey(spec, seed: raw) }
            #expect(key.publicKey.rawKey == (try vector.bytes("pk")), number)
            let (message, context) = (try vector.bytes("msg"), try vector.bytes("ctx"))
            let signature = Array(try vector.bytes("sm").prefix(signatureByteCount))
            let isValid =
                switch key.publicKey {
                case .level65(let key): key.isValidSignature(signature, for: message, context: context)
                case .level87(let key): key.isValidSignature(signature, for: message, context: context)
                }
            #expect(isValid, number)
            // The published signatures have a context; KMS's have none.
            #expect(!message.withBytes { key.publicKey.isValid(signature: signature, message: $0) }, number)
        }
    }

    @Test func `of seed and expanded key together are read, and checked against each other`() throws {
        let vectors = try VectorFile("asymmetric/MLDSA/kat_MLDSA_65_det_pure.rsp").vectors(
            beginningWith: "count"
        )
        let (seed, expanded) = (try vectors[0].bytes("xi"), try vectors[0].bytes("sk"))
        func checked(_ choice: [UInt8]) throws -> [UInt8] {
            let der = PublishedKey.mlDSAPrivate(ObjectIdentifiers.mlDSA65, choice: choice)
            return try ImportedMaterial.checked(SecretBytes(copying: der), for: .mlDSA65).exposedInTest
        }
        let seedOnly = DERBuilder.element(0x80, seed)
        let canonical = PublishedKey.mlDSAPrivate(ObjectIdentifiers.mlDSA65, choice: seedOnly)
        let both = { DERBuilder.sequence(DERBuilder.octets($0), DERBuilder.octets($1)) }
        #expect(try checked(seedOnly) == canonical)
        #expect(try checked(both(seed, expanded)) == canonical)
        for bad in [
            DERBuilder.octets(expanded), both(seed, try vectors[1].bytes("sk")), both(seed, []),
            both(Array(seed.dropLast()), expanded), DERBuilder.element(0x80, seed + [0]),
            DERBuilder.element(0x81, seed), seedOnly + [0], seed, [],
            DERBuilder.sequence(DERBuilder.octets(seed)), both(seed, expanded) + [0],
        ] {
            #expect(throws: CryptographyError.invalidKeyMaterial) { try checked(bad) }
        }
    }

    @Test func `of files without a seed or of level 44 are refused`() throws {
        let expanded = try VectorFile.bytes("asymmetric/MLDSA/mldsa65_noseed_priv.der")
        #expect(throws: CryptographyError.invalidKeyMaterial) {
            _ = try ImportedMaterial.checked(SecretBytes(copying: expanded), for: .mlDSA65).count
        }
        let small = try VectorFile.bytes("asymmetric/MLDSA/mldsa44_priv.der")
        #expect(throws: CryptographyError.unsupported(.keySpec(.mlDSA44))) {
            _ = try ImportedMaterial.checked(SecretBytes(copying: small), for: .mlDSA44).count
        }
        #expect(throws: CryptographyError.invalidKeyMaterial) {
            _ = try ImportedMaterial.checked(SecretBytes(copying: small), for: .mlDSA65).count
        }
    }
}
