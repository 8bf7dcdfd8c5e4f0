import COpenSSL
import Testing

@testable import Cryptography

/// Someone who imports a key: wraps it with libcrypto directly, as a client would with its own tools.
enum KeyOwner {
    /// Encrypts material to a wrapping public key as AWS's documentation tells key owners to.
    static func wrap(
        _ material: [UInt8],
        to publicKey: AsymmetricPublicKey,
        _ algorithm: WrappingAlgorithm,
        transportKey: [UInt8] = Array(repeating: 0x77, count: 32)
    ) throws -> [UInt8] {
        switch algorithm {
        case .rsaesOAEPSHA1: try encrypt(material, publicKey, .rsaesOAEPSHA1)
        case .rsaesOAEPSHA256: try encrypt(material, publicKey, .rsaesOAEPSHA256)
        case .rsaAESKeyWrapSHA1:
            try encrypt(transportKey, publicKey, .rsaesOAEPSHA1) + keyWrap(material, transportKey)
        default:
            try encrypt(transportKey, publicKey, .rsaesOAEPSHA256) + keyWrap(material, transportKey)
        }
    }

    private static func encrypt(
        _ bytes: [UInt8],
        _ key: AsymmetricPublicKey,
        _ algorithm: EncryptionAlgorithm
    ) throws -> [UInt8] {
        try bytes.withBytes { raw throws(CryptographyError) in try key.encrypt(raw, algorithm: algorithm) }
    }

    /// AES-KWP (RFC 5649) with a key of 16 or 32 bytes.
    static func keyWrap(_ material: [UInt8], _ key: [UInt8]) -> [UInt8] {
        let context = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(context) }
        EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW)
        let cipher = key.count == 32 ? EVP_aes_256_wrap_pad() : EVP_aes_128_wrap_pad()
        var output = [UInt8](repeating: 0, count: material.count + 24)
        var length: Int32 = 0
        guard EVP_EncryptInit_ex(context, cipher, nil, key, nil) == 1,
            EVP_EncryptUpdate(context, &output, &length, material, Int32(material.count)) == 1
        else { return [] }
        return Array(output.prefix(Int(length)))
    }

    /// A PKCS #8 RSA key made outside.
    static func rsaPrivateKey(bits: Int32, exponent: UInt) throws -> [UInt8] {
        let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)
        let number = BN_new()
        var key: OpaquePointer?
        defer {
            EVP_PKEY_CTX_free(context)
            BN_free(number)
            EVP_PKEY_free(key)
        }
        try #require(
            EVP_PKEY_keygen_init(context) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits) == 1
                && BN_set_word(number, exponent) == 1
                && EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, number) == 1
                && EVP_PKEY_generate(context, &key) == 1
        )
        guard let key, let information = PrivateKeyInfo(of: key) else { return [] }
        return try information.der().exposedInTest
    }
}
