import Cryptography

/// Writes ciphertexts of the generation since February 2024: `ciphertext ‖ tag ‖ IV (16) ‖ nonce (12)`.
///
/// No header, key or version: 44 bytes more than the plaintext.
enum CiphertextWriter {
    static let overheadBytes = SplitNonceCipher.tagBytes + seedBytes
    static let seedBytes = SplitNonceCipher.ivBytes + SplitNonceCipher.nonceBytes

    static func seal(
        _ plaintext: UnsafeRawBufferPointer,
        with key: KESKey,
        context: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        var failure: CryptographyError?
        let ciphertext = [UInt8](unsafeUninitializedCapacity: plaintext.count + overheadBytes) {
            memory,
            count in
            let output = UnsafeMutableRawBufferPointer(memory)
            let sealedBytes = plaintext.count + SplitNonceCipher.tagBytes
            RandomSource.fill(
                UnsafeMutableRawBufferPointer(rebasing: output[sealedBytes...].prefix(seedBytes))
            )
            let seed = UnsafeRawBufferPointer(rebasing: output[sealedBytes...].prefix(seedBytes))
            do throws(CryptographyError) {
                try context.withRawBytes { context throws(CryptographyError) in
                    try (key.algorithm ?? .aes256).cipher.seal(
                        plaintext,
                        key: key.cipherKey,
                        iv: UnsafeRawBufferPointer(rebasing: seed[..<SplitNonceCipher.ivBytes]),
                        nonce: UnsafeRawBufferPointer(rebasing: seed[SplitNonceCipher.ivBytes...]),
                        authenticating: context,
                        into: UnsafeMutableRawBufferPointer(rebasing: output[..<sealedBytes])
                    )
                }
                count = plaintext.count + overheadBytes
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return ciphertext
    }
}
