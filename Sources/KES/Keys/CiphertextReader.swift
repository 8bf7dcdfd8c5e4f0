import Cryptography

/// Opens ciphertexts of all generations since March 2020.
///
/// A blob that begins like MessagePack (0x95) or JSON (`{`) and reads as such is of those generations; one
/// that does not read is of the headerless one, whose first byte is random. None is tried twice.
enum CiphertextReader {
    static func open(
        _ ciphertext: [UInt8],
        with key: KESKey,
        context: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        switch ciphertext.first {
        case MessagePackCiphertext.firstByte:
            if let parts = MessagePackCiphertext.parse(ciphertext) {
                return try open(parts, with: key, context: context)
            }
        case UInt8(ascii: "{"):
            if let parts = JSONCiphertext.parse(ciphertext) {
                return try open(parts, with: key, context: context)
            }
        default: break
        }
        return try openHeaderless(ciphertext, with: key, context: context)
    }

    private static func openHeaderless(
        _ ciphertext: [UInt8],
        with key: KESKey,
        context: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        guard ciphertext.count >= CiphertextWriter.overheadBytes else { throw .invalidCiphertext }
        let sealedBytes = ciphertext.count - CiphertextWriter.seedBytes
        let parts = CiphertextParts(
            algorithm: key.algorithm ?? .aes256,
            iv: ciphertext[sealedBytes..<(sealedBytes + SplitNonceCipher.ivBytes)],
            nonce: ciphertext[(sealedBytes + SplitNonceCipher.ivBytes)...],
            sealed: ciphertext[..<sealedBytes]
        )
        return try open(parts, with: key, context: context)
    }

    /// A key that names an algorithm opens only ciphertexts of that; the oldest keys open what the ciphertext
    /// says, because their algorithm was that of the processor they were used on.
    private static func open(
        _ parts: CiphertextParts,
        with key: KESKey,
        context: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        let cipher = (key.algorithm ?? parts.algorithm).cipher
        guard parts.sealed.count >= SplitNonceCipher.tagBytes else { throw .invalidCiphertext }
        let count = parts.sealed.count - SplitNonceCipher.tagBytes
        return try SecretBytes(count: count) { output throws(CryptographyError) in
            try parts.withUnsafeParts { iv, nonce, sealed throws(CryptographyError) in
                try context.withRawBytes { context throws(CryptographyError) in
                    try cipher.open(
                        sealed,
                        key: key.cipherKey,
                        iv: iv,
                        nonce: nonce,
                        authenticating: context,
                        into: output
                    )
                }
            }
        }
    }
}

/// What a ciphertext of any generation is made of.
struct CiphertextParts {
    let algorithm: KeyAlgorithm
    let iv: ArraySlice<UInt8>
    let nonce: ArraySlice<UInt8>
    /// Ciphertext and tag.
    let sealed: ArraySlice<UInt8>

    func withUnsafeParts(
        _ body: (
            UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer
        ) throws(CryptographyError) -> Void
    ) throws(CryptographyError) {
        try iv.withRawBytes { iv throws(CryptographyError) in
            try nonce.withRawBytes { nonce throws(CryptographyError) in
                try sealed.withRawBytes { sealed throws(CryptographyError) in
                    try body(iv, nonce, sealed)
                }
            }
        }
    }
}

extension Array<UInt8> {
    /// As `withUnsafeBytes`, with the type of the error.
    func withRawBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { bytes throws(Failure) in try body(UnsafeRawBufferPointer(bytes)) }
    }
}

extension ArraySlice<UInt8> {
    /// As `withUnsafeBytes`, with the type of the error.
    func withRawBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { bytes throws(Failure) in try body(UnsafeRawBufferPointer(bytes)) }
    }
}
