package import Crypto

/// The form in which a seal that holds a 256-bit key itself wraps the keyring.
///
/// `format(1) ‖ nonce(16) ‖ ciphertext ‖ tag(16)`; the format and the seal's kind are authenticated.
package enum SealEnvelope {
    private static let format: UInt8 = 1
    private static let headBytes = 1 + OneTimeCipher.nonceBytes

    /// Encrypts under a fresh one-time key made from `key`.
    package static func wrap(
        _ keyring: borrowing SecretBytes,
        kind: String,
        key: SymmetricKey
    ) throws(SealError) -> [UInt8] {
        let nonce = RandomSource.bytes(OneTimeCipher.nonceBytes)
        var wrapped = [format] + nonce
        let kind = Array(kind.utf8)
        let sealed = keyring.withUnsafeBytes { plaintext in
            Result { () throws(CryptographyError) in
                var sealed = [UInt8](repeating: 0, count: plaintext.count + OneTimeCipher.tagBytes)
                let outcome = sealed.withUnsafeMutableBytes { output in
                    run(nonce: nonce, kind: kind) { nonce, data throws(CryptographyError) in
                        try OneTimeCipher.sealing.seal(
                            plaintext,
                            key: DerivationKey(key),
                            nonce: nonce,
                            authenticating: data,
                            into: output
                        )
                    }
                }
                try outcome.get()
                return sealed
            }
        }
        switch sealed {
        case .success(let bytes): wrapped += bytes
        case .failure: throw .unavailable(reason: "libcrypto did not encrypt the keyring")
        }
        return wrapped
    }

    /// Opens what ``wrap(_:kind:key:)`` gave.
    package static func unwrap(
        _ wrapped: [UInt8],
        kind: String,
        key: SymmetricKey
    ) throws(SealError) -> SecretBytes {
        guard wrapped.count >= headBytes + OneTimeCipher.tagBytes, wrapped[0] == format else {
            throw .malformed
        }
        let nonce = Array(wrapped[1..<headBytes])
        let kind = Array(kind.utf8)
        let sealed = Array(wrapped[headBytes...])
        return try SecretBytes(count: sealed.count - OneTimeCipher.tagBytes) {
            plaintext throws(SealError) in
            let outcome = sealed.withUnsafeBytes { sealed in
                run(nonce: nonce, kind: kind) { nonce, data throws(CryptographyError) in
                    try OneTimeCipher.sealing.open(
                        sealed,
                        key: DerivationKey(key),
                        nonce: nonce,
                        authenticating: data,
                        into: plaintext
                    )
                }
            }
            guard case .success = outcome else { throw .refused }
        }
    }

    private static func run(
        nonce: [UInt8],
        kind: [UInt8],
        _ body: (UnsafeRawBufferPointer, AuthenticatedCipher.AssociatedData) throws(CryptographyError) -> Void
    ) -> Result<Void, CryptographyError> {
        [format].withUnsafeBytes { header in
            nonce.withUnsafeBytes { nonce in
                kind.withUnsafeBytes { kind in
                    Result { () throws(CryptographyError) in
                        try body(nonce, .init(header: header, context: kind))
                    }
                }
            }
        }
    }
}
