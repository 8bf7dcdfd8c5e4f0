import Testing

@testable import Cryptography

@Suite("Elliptic curve vectors")
struct CurveVectorTests {
    private func signature(_ vector: VectorFile.Vector) throws -> [UInt8] {
        DERBuilder.sequence(
            DERBuilder.integer(try vector.bytes("R")),
            DERBuilder.integer(try vector.bytes("S"))
        )
    }

    private func verify(
        _ vector: VectorFile.Vector,
        _ spec: KeySpec,
        _ algorithm: SigningAlgorithm
    ) throws -> Bool {
        let der = PublishedKey.curvePublic(spec, x: try vector.bytes("Qx"), y: try vector.bytes("Qy"))
        let key: AsymmetricPublicKey
        do {
            key = try AsymmetricPublicKey(spec: spec, subjectPublicKeyInfo: der)
        } catch CryptographyError.invalidPublicKey {
            // Where Q was changed it is mostly no point of the curve.
            return false
        }
        return try key.verify(
            signature: try signature(vector),
            of: try vector.bytes("Msg"),
            type: .raw,
            algorithm: algorithm
        )
    }

    @Test(arguments: [
        ("P-256,SHA-256", KeySpec.nistP256, SigningAlgorithm.ecdsaSHA256),
        ("P-384,SHA-384", .nistP384, .ecdsaSHA384),
        ("P-521,SHA-512", .nistP521, .ecdsaSHA512),
    ])
    func `of ECDSA verify as FIPS 186-3 says`(
        _ section: String,
        _ spec: KeySpec,
        _ algorithm: SigningAlgorithm
    ) throws {
        let vectors = try VectorFile("asymmetric/ECDSA/FIPS_186-3/SigVer.rsp").vectors()
            .filter { $0.section == section }
        #expect(vectors.count == 15)
        for (index, vector) in vectors.enumerated() {
            let expected = try #require(vector.fields["Result"]).hasPrefix("P")
            #expect(try verify(vector, spec, algorithm) == expected, "vector \(index)")
        }
        #expect(vectors.count { $0.fields["Result"] == "P (0 )" } == 3)
    }

    @Test func `of ECDSA on secp256k1 verify`() throws {
        let vectors = try VectorFile("asymmetric/ECDSA/SECP256K1/SigGen.txt").vectors()
            .filter { $0.section == "K-256,SHA-256" }
        #expect(vectors.count == 225)
        for (index, vector) in vectors.enumerated() {
            #expect(try verify(vector, .secp256k1, .ecdsaSHA256), "vector \(index)")
            var changed = vector
            changed.fields["Msg"]? += "00"
            #expect(try !verify(changed, .secp256k1, .ecdsaSHA256), "vector \(index), message changed")
        }
    }

    @Test func `of secp256k1 private keys belong to their public keys`() throws {
        let vectors = try VectorFile("asymmetric/ECDSA/SECP256K1/SigGen.txt").vectors()
            .filter { $0.section == "K-256,SHA-256" }
        for vector in vectors.prefix(40) {
            let (x, y) = (try vector.bytes("Qx"), try vector.bytes("Qy"))
            let der = PublishedKey.curvePrivate(.secp256k1, scalar: try vector.bytes("d"), x: x, y: y)
            let key = try der.withBytes { raw throws(CryptographyError) in
                try AsymmetricKey(spec: .secp256k1, serialized: raw)
            }
            #expect(key.isConsistent)
            #expect(key.publicKeyDER == PublishedKey.curvePublic(.secp256k1, x: x, y: y))
        }
    }

    @Test(
        arguments: [
            ("EC - SHA256", KeySpec.nistP256), ("ED - SHA384", .nistP384), ("EE - SHA512", .nistP521),
        ],
        ["init", "resp"]
    )
    func `of ECDH agree as SP 800-56A says`(_ set: (section: String, spec: KeySpec), _ role: String) throws {
        let file = "asymmetric/ECDH/KASValidityTest_ECCStaticUnified_NOKC_ZZOnly_\(role).fax"
        let vectors = try VectorFile(file).vectors().filter { $0.section == set.section }
        #expect(vectors.count == 30)
        var outcomes: [Outcome: Int] = [:]
        for vector in vectors {
            let result = try #require(vector.fields["Result"])
            let outcome = try agree(set.spec, vector)
            outcomes[outcome, default: 0] += 1
            #expect(outcome == expectation(result), "COUNT \(vector.fields["COUNT"] ?? ""), \(result)")
        }
        #expect(outcomes.keys.count == 4)
        #expect(outcomes[.agreed] == 18)
    }

    private enum Outcome { case agreed, differs, badPeer, badKey }

    private func expectation(_ result: Substring) -> Outcome {
        if result.hasPrefix("P") { return .agreed }
        if result.contains("CAVS's Static public key") { return .badPeer }
        return result.contains("Z changed") ? .differs : .badKey
    }

    private func agree(_ spec: KeySpec, _ vector: VectorFile.Vector) throws -> Outcome {
        let der = PublishedKey.curvePrivate(
            spec,
            scalar: try vector.bytes("dsIUT"),
            x: try vector.bytes("QsIUTx"),
            y: try vector.bytes("QsIUTy")
        )
        let peer = PublishedKey.curvePublic(
            spec,
            x: try vector.bytes("QsCAVSx"),
            y: try vector.bytes("QsCAVSy")
        )
        do {
            let material = try ImportedMaterial.checked(SecretBytes(copying: der), for: spec)
            let key = try material.withUnsafeBytes { raw throws(CryptographyError) in
                try AsymmetricKey(spec: spec, serialized: raw)
            }
            let secret = try key.sharedSecret(withPeer: peer).exposedInTest
            return secret == (try vector.bytes("Z")).leftPadded(to: secret.count) ? .agreed : .differs
        } catch CryptographyError.invalidKeyMaterial {
            return .badKey
        } catch CryptographyError.invalidPublicKey {
            return .badPeer
        }
    }
}
