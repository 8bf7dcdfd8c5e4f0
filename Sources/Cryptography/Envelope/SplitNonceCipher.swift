import COpenSSL
import CSodium
import Crypto

/// A key of a ``SplitNonceCipher``, prepared for the derivations that every message begins with.
///
/// The state of HMAC after its key is as secret as the key; the library wipes it when it goes.
package struct SplitNonceKey: Sendable {
    package let material: SharedSecret
    fileprivate let derivation: HMAC<SHA256>

    /// The material must have ``SplitNonceCipher/keyBytes`` bytes.
    package init(_ material: SharedSecret) {
        precondition(material.count == SplitNonceCipher.keyBytes, "a key has 32 bytes")
        self.material = material
        derivation = material.withUnsafeBytes { HMAC(key: SymmetricKey(data: $0)) }
    }
}

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
        key: SplitNonceKey,
        iv: UnsafeRawBufferPointer,
        nonce: UnsafeRawBufferPointer,
        authenticating data: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        precondition(output.count == plaintext.count + Self.tagBytes, "the output holds ciphertext and tag")
        try withMessageKey(key, iv) { key throws(CryptographyError) in
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
        key: SplitNonceKey,
        iv: UnsafeRawBufferPointer,
        nonce: UnsafeRawBufferPointer,
        authenticating data: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        guard sealed.count >= Self.tagBytes, iv.count == Self.ivBytes, nonce.count == Self.nonceBytes else {
            throw .invalidCiphertext
        }
        precondition(output.count == sealed.count - Self.tagBytes, "the output holds the plaintext")
        try withMessageKey(key, iv) { key throws(CryptographyError) in
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

    /// Gives the key of one message to `body` and wipes it.
    private func withMessageKey(
        _ key: SplitNonceKey,
        _ iv: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) throws(CryptographyError) -> Void
    ) throws(CryptographyError) {
        var derived: MessageKey = (0, 0, 0, 0)
        defer { withUnsafeMutableBytes(of: &derived) { OPENSSL_cleanse($0.baseAddress, $0.count) } }
        switch self {
        case .aes256:
            var derivation = key.derivation
            derivation.update(data: iv)
            let code = derivation.finalize()
            withUnsafeMutableBytes(of: &derived) { derived in
                code.withUnsafeBytes { derived.copyMemory(from: $0) }
            }
        case .chaCha20:
            let status = withUnsafeMutableBytes(of: &derived) { derived in
                key.material.withUnsafeBytes { material -> Int32 in
                    guard let derived = derived.bytes, let iv = iv.bytes, let material = material.bytes else {
                        return -1
                    }
                    return crypto_core_hchacha20(derived, iv, material, nil)
                }
            }
            guard status == 0 else { throw .libraryFailure(.keyDerivation) }
        }
        let outcome = withUnsafeBytes(of: &derived) { derived in
            Result { () throws(CryptographyError) in try body(derived) }
        }
        try outcome.get()
    }

    private typealias MessageKey = (UInt64, UInt64, UInt64, UInt64)
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
