import COpenSSL
import Testing

@testable import Cryptography

@Suite("P-256 and P-384 in two libraries")
struct NISTCurveKeyTests {
    static let curves: [(KeySpec, Int)] = [(.nistP256, 32), (.nistP384, 48)]

    private func digest(_ byteCount: Int) -> [UInt8] {
        var random = RepeatableBytes(seed: UInt64(byteCount))
        return random.bytes(byteCount)
    }

    private func signByLibcrypto(_ digest: [UInt8], _ key: LibcryptoKey) throws -> [UInt8] {
        let context = try #require(EVP_PKEY_CTX_new_from_pkey(nil, key.handle, nil))
        defer { EVP_PKEY_CTX_free(context) }
        try #require(EVP_PKEY_sign_init(context) == 1)
        return try key.collectSignature { output, length in
            EVP_PKEY_sign(context, output, &length, digest, digest.count) == 1
        }
    }

    private func isValidToLibcrypto(
        _ signature: [UInt8],
        _ digest: [UInt8],
        _ key: LibcryptoKey
    ) throws -> Bool {
        let context = try #require(EVP_PKEY_CTX_new_from_pkey(nil, key.handle, nil))
        defer {
            EVP_PKEY_CTX_free(context)
            ERR_clear_error()
        }
        try #require(EVP_PKEY_verify_init(context) == 1)
        return EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
    }

    @Test(arguments: curves)
    func `take each other's signatures`(_ spec: KeySpec, _ byteCount: Int) throws {
        let key = try LibcryptoKey.generate(spec)
        let curve = try #require(key.nistCurveKey)
        let digest = digest(byteCount)
        for _ in 0..<20 {
            let ours = try digest.withBytes { bytes throws(CryptographyError) in
                try curve.sign(digest: bytes)
            }
            #expect(try isValidToLibcrypto(ours, digest, key))
            #expect(try !isValidToLibcrypto(ours, digest.flippingBit(5), key))
            let theirs = try signByLibcrypto(digest, key)
            #expect(digest.withBytes { curve.isValid(signature: theirs, digest: $0) })
            #expect(!digest.flippingBit(5).withBytes { curve.isValid(signature: theirs, digest: $0) })
        }
    }

    @Test(arguments: curves)
    func `know a public key that cannot sign`(_ spec: KeySpec, _ byteCount: Int) throws {
        let key = try LibcryptoKey.generate(spec)
        let verifier = try LibcryptoKey.load(spec, subjectPublicKeyInfo: key.subjectPublicKeyInfo())
        let digest = digest(byteCount)
        let signature = try signByLibcrypto(digest, key)
        let curve = try #require(verifier.nistCurveKey)
        #expect(digest.withBytes { curve.isValid(signature: signature, digest: $0) })
        #expect(throws: CryptographyError.libraryFailure(.signing)) {
            try digest.withBytes { bytes throws(CryptographyError) in try curve.sign(digest: bytes) }
        }
    }

    @Test(arguments: curves)
    func `are the same key after a restart`(_ spec: KeySpec, _ byteCount: Int) throws {
        let key = try LibcryptoKey.generate(spec)
        let again = try key.privateKeyInfo().withUnsafeBytes { der throws(CryptographyError) in
            try LibcryptoKey.load(spec, privateKeyInfo: der)
        }
        let digest = digest(byteCount)
        let curve = try #require(again.nistCurveKey)
        let signature = try digest.withBytes { bytes throws(CryptographyError) in
            try curve.sign(digest: bytes)
        }
        #expect(try isValidToLibcrypto(signature, digest, key))
    }

    @Test(arguments: curves)
    func `print nothing of a key`(_ spec: KeySpec, _ byteCount: Int) throws {
        let curve = try #require(try LibcryptoKey.generate(spec).nistCurveKey)
        var dumped = ""
        dump(curve, to: &dumped)
        #expect("\(curve)" == "<redacted>" && String(reflecting: curve) == "<redacted>")
        #expect(dumped.split(separator: "\n").count == 1)
    }

    @Test(arguments: [KeySpec.nistP521, .secp256k1, .sm2])
    func `are no other curves`(_ spec: KeySpec) throws {
        let key = try LibcryptoKey.generate(spec)
        #expect(key.nistCurveKey == nil)
        #expect(NISTCurveKey(key) == nil)
    }
}
