import Testing

@testable import Cryptography

@Suite("Ed25519 vectors")
struct EdwardsVectorTests {
    private func load(seed: [UInt8]) throws -> EdwardsKey {
        try PublishedKey.ed25519Private(seed: seed).withBytes { raw throws(CryptographyError) in
            try EdwardsKey.load(privateKeyInfo: raw)
        }
    }

    @Test func `of pure Ed25519 give the published signatures`() throws {
        let lines = try VectorFile("asymmetric/Ed25519/sign.input").lines.filter { !$0.isEmpty }
        #expect(lines.count == 1024)
        for (index, line) in lines.enumerated() {
            // Seed and public key : public key : message : signature and message.
            let parts = line.split(separator: ":", omittingEmptySubsequences: false)
                .map { [UInt8](hexadecimal: $0) }
            try #require(parts.count >= 4, "line \(index)")
            let (key, signature) = (try load(seed: Array(parts[0].prefix(32))), Array(parts[3].prefix(64)))
            #expect(key.publicKey.rawKey == parts[1], "line \(index)")
            let signed = try parts[2].withBytes { raw throws(CryptographyError) in try key.sign(message: raw)
            }
            #expect(signed == signature, "line \(index)")
            #expect(parts[2].withBytes { key.publicKey.isValid(signature: signature, message: $0) })
        }
    }

    /// RFC 8032, 7.3: "TEST abc".
    @Test func `of Ed25519ph give RFC 8032's signature`() throws {
        let key = try load(
            seed: [UInt8](hexadecimal: "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42")
        )
        #expect(
            key.publicKey.rawKey
                == [UInt8](hexadecimal: "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf")
        )
        let published = [UInt8](
            hexadecimal: "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
                + "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"
        )
        let message = Array("abc".utf8)
        let signature = try message.withBytes { raw throws(CryptographyError) in
            try key.signPrehashed(message: raw)
        }
        #expect(signature == published)
        #expect(message.withBytes { key.publicKey.isValidPrehashed(signature: published, message: $0) })
        #expect(!message.withBytes { key.publicKey.isValid(signature: published, message: $0) })
    }

    @Test func `of PKCS #8 and SPKI files read and write the same`() throws {
        let privateDER = try VectorFile.bytes("asymmetric/Ed25519/ed25519-pkcs8.der")
        let publicDER = try VectorFile.bytes("asymmetric/Ed25519/ed25519-pub.der")
        let key = try privateDER.withBytes { raw throws(CryptographyError) in
            try AsymmetricKey(spec: .edwards25519, serialized: raw)
        }
        #expect(key.publicKeyDER == publicDER)
        #expect(try key.serialized().exposedInTest == privateDER)
        let crooked = try VectorFile.bytes("asymmetric/Ed25519/ed25519-pub-non-zero-unused-bits.der")
        #expect(throws: CryptographyError.invalidPublicKey) {
            try AsymmetricPublicKey(spec: .edwards25519, subjectPublicKeyInfo: crooked)
        }
    }
}
