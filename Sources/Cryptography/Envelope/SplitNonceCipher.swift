import CSodium
import Crypto

/// AEADs whose key is derived anew for each message from a 16-byte IV, with a 12-byte nonce of its own.
///
/// KES's two: HMAC-SHA-256 as the derivation with AES-256-GCM, and HChaCha20 with IETF ChaCha20-Poly1305
/// (RFC 8439). The tag of 16 bytes stands behind the ciphertext.
package enum SplitNonceCipher: Sendable {
    case aes256
    case chaCha20

    package static let keyBytes = 32
    package static let ivBytes = 16
    package static let nonceBytes = 12
    package static let tagBytes = 16

    /// Encrypts into `output`, which is as long as the plaintext and the tag.
    package func seal(
        _ plaintext: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        iv: UnsafeRawBufferPointer,
        nonce: UnsafeRawBufferPointer,
        authenticating data: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        precondition(output.count == plaintext.count + Self.tagBytes, "the output holds ciphertext and tag")
        let key = try messageKey(key, iv)
        try key.withUnsafeBytes { key throws(CryptographyError) in
            switch self {
            case .aes256:
                try AuthenticatedCipher.seal(
                    plaintext,
                    key: key,
                    iv: nonce,
                    authenticating: .init(header: .init(start: nil, count: 0), context: data),
                    into: output
                )
            case .chaCha20:
                guard ChaCha.seal(plaintext, key: key, nonce: nonce, authenticating: data, into: output)
                else { throw .libraryFailure(.encryption) }
            }
        }
    }

    /// Decrypts ciphertext and tag into `output`; throws `.invalidCiphertext` and wipes it when the tag is
    /// wrong.
    package func open(
        _ sealed: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        iv: UnsafeRawBufferPointer,
        nonce: UnsafeRawBufferPointer,
        authenticating data: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        guard sealed.count >= Self.tagBytes, iv.count == Self.ivBytes, nonce.count == Self.nonceBytes else {
            throw .invalidCiphertext
        }
        let key = try messageKey(key, iv)
        precondition(output.count == sealed.count - Self.tagBytes, "the output holds the plaintext")
        try key.withUnsafeBytes { key throws(CryptographyError) in
            switch self {
            case .aes256:
                try AuthenticatedCipher.open(
                    sealed,
                    key: key,
                    iv: nonce,
                    authenticating: .init(header: .init(start: nil, count: 0), context: data),
                    into: output
                )
            case .chaCha20:
                guard ChaCha.open(sealed, key: key, nonce: nonce, authenticating: data, into: output)
                else { throw .invalidCiphertext }
            }
        }
    }

    private func messageKey(
        _ key: UnsafeRawBufferPointer,
        _ iv: UnsafeRawBufferPointer
    ) throws(CryptographyError) -> SecretBytes {
        guard key.count == Self.keyBytes else { throw .invalidKeyMaterial }
        return try SecretBytes(count: Self.keyBytes) { derived throws(CryptographyError) in
            switch self {
            case .aes256:
                let code = HMAC<SHA256>.authenticationCode(for: iv, using: SymmetricKey(data: key))
                code.withUnsafeBytes { derived.copyMemory(from: $0) }
            case .chaCha20:
                guard let derived = derived.bytes, let iv = iv.bytes, let key = key.bytes,
                    crypto_core_hchacha20(derived, iv, key, nil) == 0
                else { throw .libraryFailure(.keyDerivation) }
            }
        }
    }
}

/// IETF ChaCha20-Poly1305 over libsodium, which, unlike swift-crypto, writes into memory of the caller.
private enum ChaCha {
    static func seal(
        _ plaintext: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        nonce: UnsafeRawBufferPointer,
        authenticating data: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let target = output.bytes, let nonce = nonce.bytes, let key = key.bytes else { return false }
        return crypto_aead_chacha20poly1305_ietf_encrypt(
            target,
            nil,
            plaintext.bytes,
            UInt64(plaintext.count),
            data.bytes,
            UInt64(data.count),
            nil,
            nonce,
            key
        ) == 0
    }

    static func open(
        _ sealed: UnsafeRawBufferPointer,
        key: UnsafeRawBufferPointer,
        nonce: UnsafeRawBufferPointer,
        authenticating data: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard let source = sealed.bytes, let nonce = nonce.bytes, let key = key.bytes else { return false }
        return crypto_aead_chacha20poly1305_ietf_decrypt(
            output.bytes,
            nil,
            nil,
            source,
            UInt64(sealed.count),
            data.bytes,
            UInt64(data.count),
            nonce,
            key
        ) == 0
    }
}

extension UnsafeRawBufferPointer {
    fileprivate var bytes: UnsafePointer<UInt8>? { bindMemory(to: UInt8.self).baseAddress }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate var bytes: UnsafeMutablePointer<UInt8>? { bindMemory(to: UInt8.self).baseAddress }
}
