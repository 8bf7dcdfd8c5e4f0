/// Bytes under a key that is used for them alone: IV, ciphertext and tag of AES-256-GCM, one behind the other.
package enum AuthenticatedBox {
    private static let ivBytes = AuthenticatedCipher.ivBytes
    /// What the box is longer than its content.
    package static let overheadBytes = ivBytes + AuthenticatedCipher.tagBytes

    /// Encrypts under a random IV; the key has 32 bytes.
    ///
    /// - Throws: `.libraryFailure` only, which no input causes.
    package static func seal(
        _ plaintext: [UInt8],
        key: [UInt8],
        authenticating data: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try filled(plaintext.count + overheadBytes, with: plaintext, key, data) {
            box,
            plaintext,
            key,
            data throws(CryptographyError) in
            let iv = UnsafeMutableRawBufferPointer(rebasing: box[0..<ivBytes])
            RandomSource.fill(iv)
            try AuthenticatedCipher.seal(
                plaintext,
                key: key,
                iv: UnsafeRawBufferPointer(iv),
                authenticating: data,
                into: UnsafeMutableRawBufferPointer(rebasing: box[ivBytes...])
            )
        }
    }

    /// Decrypts.
    ///
    /// - Throws: `.invalidCiphertext` for anything that was not sealed with this key and data.
    package static func open(
        _ box: [UInt8],
        key: [UInt8],
        authenticating data: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        guard box.count >= overheadBytes, key.count == AuthenticatedCipher.keyBytes else {
            throw .invalidCiphertext
        }
        return try filled(box.count - overheadBytes, with: box, key, data) {
            plaintext,
            box,
            key,
            data throws(CryptographyError) in
            try AuthenticatedCipher.open(
                UnsafeRawBufferPointer(rebasing: box[ivBytes...]),
                key: key,
                iv: UnsafeRawBufferPointer(rebasing: box[0..<ivBytes]),
                authenticating: data,
                into: plaintext
            )
        }
    }

    /// So many bytes, made of the bytes of text, key and associated data.
    private static func filled(
        _ count: Int,
        with text: [UInt8],
        _ key: [UInt8],
        _ data: [UInt8],
        _ body: (
            UnsafeMutableRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer,
            AuthenticatedCipher.AssociatedData
        ) throws(CryptographyError) -> Void
    ) throws(CryptographyError) -> [UInt8] {
        // Result, because the closures of the standard library rethrow any error and lose its type.
        var outcome: Result<Void, CryptographyError> = .success(())
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let output = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(buffer)[0..<count]
            )
            outcome = text.withUnsafeBytes { text in
                key.withUnsafeBytes { key in
                    data.withUnsafeBytes { data in
                        Result { () throws(CryptographyError) in
                            let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
                            try body(output, text, key, .init(header: data, context: nothing))
                        }
                    }
                }
            }
            if case .success = outcome { initialized = count }
        }
        try outcome.get()
        return bytes
    }
}
