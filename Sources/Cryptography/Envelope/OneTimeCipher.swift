import COpenSSL

/// Encryption in which every message has an AES-256-GCM key and IV of its own.
///
/// Key and IV come from the long-lived key and a random 16-byte nonce (``CounterKDF``), so the limit of 2³²
/// messages a key that SP 800-38D sets for random IVs is gone. The label keeps the uses of one key apart.
struct OneTimeCipher: Sendable {
    static let nonceBytes = 16
    static let tagBytes = AuthenticatedCipher.tagBytes

    /// What a key seals with: the first part of the derivation's input, ended by a zero byte.
    let label: StaticString

    /// For ciphertext blobs handed to callers.
    static let ciphertext = OneTimeCipher(label: "strongroom ciphertext 1")
    /// For secrets and records that the server keeps itself.
    static let wrapping = OneTimeCipher(label: "strongroom wrapping 1")
    /// For the root keyring under a seal's key.
    static let sealing = OneTimeCipher(label: "strongroom seal 1")

    /// Encrypts into `output`, which is as long as the plaintext and the tag behind it.
    func seal(
        _ plaintext: UnsafeRawBufferPointer,
        key: DerivationKey,
        nonce: UnsafeRawBufferPointer,
        authenticating data: AuthenticatedCipher.AssociatedData,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        try withOneTimeKey(from: key, nonce: nonce) { key, iv throws(CryptographyError) in
            try AuthenticatedCipher.seal(plaintext, key: key, iv: iv, authenticating: data, into: output)
        }
    }

    /// Decrypts ciphertext and tag into `output`, or throws `.invalidCiphertext`.
    func open(
        _ sealed: UnsafeRawBufferPointer,
        key: DerivationKey,
        nonce: UnsafeRawBufferPointer,
        authenticating data: AuthenticatedCipher.AssociatedData,
        into output: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        try withOneTimeKey(from: key, nonce: nonce) { key, iv throws(CryptographyError) in
            try AuthenticatedCipher.open(sealed, key: key, iv: iv, authenticating: data, into: output)
        }
    }

    private static let derivedBytes = AuthenticatedCipher.keyBytes + AuthenticatedCipher.ivBytes

    private func withOneTimeKey(
        from key: DerivationKey,
        nonce: UnsafeRawBufferPointer,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws(CryptographyError) -> Void
    ) throws(CryptographyError) {
        precondition(nonce.count == Self.nonceBytes, "a one-time key takes a nonce of 16 bytes")
        let inputBytes = label.utf8CodeUnitCount + 1 + Self.nonceBytes + 4
        // Result, because the temporary allocation rethrows any error and loses its type.
        let outcome = withUnsafeTemporaryAllocation(
            byteCount: inputBytes + Self.derivedBytes,
            alignment: 8
        ) { scratch -> Result<Void, CryptographyError> in
            let input = UnsafeMutableRawBufferPointer(rebasing: scratch[0..<inputBytes])
            let derived = UnsafeMutableRawBufferPointer(rebasing: scratch[inputBytes...])
            defer { OPENSSL_cleanse(derived.baseAddress, derived.count) }
            writeInput(nonce: nonce, into: input)
            return Result { () throws(CryptographyError) in
                try CounterKDF.derive(key: key, input: UnsafeRawBufferPointer(input), into: derived)
                let bytes = UnsafeRawBufferPointer(derived)
                try body(
                    UnsafeRawBufferPointer(rebasing: bytes[0..<AuthenticatedCipher.keyBytes]),
                    UnsafeRawBufferPointer(rebasing: bytes[AuthenticatedCipher.keyBytes...])
                )
            }
        }
        try outcome.get()
    }

    /// Label ‖ 0 ‖ nonce ‖ length in bits: the fixed input that SP 800-108r1 section 4 recommends.
    private func writeInput(nonce: UnsafeRawBufferPointer, into input: UnsafeMutableRawBufferPointer) {
        let labelBytes = label.utf8CodeUnitCount
        input.copyMemory(from: UnsafeRawBufferPointer(start: label.utf8Start, count: labelBytes))
        input[labelBytes] = 0
        UnsafeMutableRawBufferPointer(rebasing: input[(labelBytes + 1)...]).copyMemory(from: nonce)
        input.storeBytes(
            of: UInt32(Self.derivedBytes * 8).bigEndian,
            toByteOffset: labelBytes + 1 + Self.nonceBytes,
            as: UInt32.self
        )
    }
}
