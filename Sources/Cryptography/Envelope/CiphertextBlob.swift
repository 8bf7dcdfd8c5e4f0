/// A symmetric ciphertext that says which key and which material of it open it.
///
/// `version(1) ‖ kind(1) ‖ key id(16) ‖ material id(32) ‖ nonce(16) ‖ ciphertext ‖ tag(16)`: 82 bytes more
/// than the plaintext. It names no Region, so every replica of a multi-Region key opens it. What is
/// authenticated is all that stands before the ciphertext and, behind it,
/// ``EncryptionContext/canonicalBytes``.
package struct CiphertextBlob: Hashable, Sendable {
    package let keyID: KeyUniqueID
    package let materialID: KeyMaterialID
    /// The whole blob, header included.
    package let bytes: [UInt8]

    /// How much longer a blob is than its plaintext.
    package static let overheadBytes = Layout.ciphertext + Layout.tagBytes

    package var plaintextByteCount: Int { bytes.count - Self.overheadBytes }

    /// Reads a blob; nil when the bytes are no blob of a known version and kind.
    package static func parse(_ bytes: [UInt8]) -> CiphertextBlob? {
        guard bytes.count >= overheadBytes, bytes[Layout.version] == currentVersion,
            let kind = Kind(rawValue: bytes[Layout.kind]),
            let keyID = KeyUniqueID(
                bytes: bytes[Layout.keyID..<Layout.materialID],
                isMultiRegion: kind == .multiRegion
            ),
            let materialID = KeyMaterialID(bytes: bytes[Layout.materialID..<Layout.nonce])
        else { return nil }
        return CiphertextBlob(keyID: keyID, materialID: materialID, bytes: bytes)
    }

    /// Encrypts under a one-time key made from `key` and a fresh nonce; gives the blob's bytes.
    ///
    /// - Throws: `.libraryFailure` only, which no input causes.
    package static func seal(
        _ plaintext: UnsafeRawBufferPointer,
        keyID: KeyUniqueID,
        materialID: KeyMaterialID,
        key: DerivationKey,
        context: EncryptionContext
    ) throws(CryptographyError) -> [UInt8] {
        var outcome: Result<Void, CryptographyError> = .success(())
        let blob = [UInt8](unsafeUninitializedCapacity: plaintext.count + overheadBytes) { buffer, count in
            count = plaintext.count + overheadBytes
            let bytes = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(buffer)[0..<count]
            )
            writeHeader(keyID: keyID, materialID: materialID, into: bytes)
            outcome = context.canonicalBytes.withUnsafeBytes { context in
                Result { () throws(CryptographyError) in
                    let header = UnsafeRawBufferPointer(bytes)[0..<Layout.ciphertext]
                    try OneTimeCipher.ciphertext.seal(
                        plaintext,
                        key: key,
                        nonce: UnsafeRawBufferPointer(rebasing: header[Layout.nonce...]),
                        authenticating: .init(
                            header: UnsafeRawBufferPointer(rebasing: header),
                            context: context
                        ),
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes[Layout.ciphertext...])
                    )
                }
            }
        }
        try outcome.get()
        return blob
    }

    /// Decrypts with the material that ``materialID`` names.
    ///
    /// - Throws: `.invalidCiphertext` for a wrong key, context or byte alike.
    package func open(
        with key: DerivationKey,
        context: EncryptionContext
    ) throws(CryptographyError) -> SecretBytes {
        try SecretBytes(count: plaintextByteCount) { plaintext throws(CryptographyError) in
            let outcome = bytes.withUnsafeBytes { bytes in
                context.canonicalBytes.withUnsafeBytes { context in
                    Result { () throws(CryptographyError) in
                        let header = bytes[0..<Layout.ciphertext]
                        try OneTimeCipher.ciphertext.open(
                            UnsafeRawBufferPointer(rebasing: bytes[Layout.ciphertext...]),
                            key: key,
                            nonce: UnsafeRawBufferPointer(rebasing: header[Layout.nonce...]),
                            authenticating: .init(
                                header: UnsafeRawBufferPointer(rebasing: header),
                                context: context
                            ),
                            into: plaintext
                        )
                    }
                }
            }
            try outcome.get()
        }
    }
}

// MARK: Wire

extension CiphertextBlob {
    private static let currentVersion: UInt8 = 1

    /// Tells the two forms of key id apart, whose 16 bytes look alike.
    private enum Kind: UInt8 {
        case singleRegion = 0
        case multiRegion = 1
    }

    /// Where each part begins.
    private enum Layout {
        static let version = 0
        static let kind = 1
        static let keyID = 2
        static let materialID = keyID + KeyUniqueID.byteCount
        static let nonce = materialID + KeyMaterialID.byteCount
        static let ciphertext = nonce + OneTimeCipher.nonceBytes
        static let tagBytes = OneTimeCipher.tagBytes
    }

    private static func writeHeader(
        keyID: KeyUniqueID,
        materialID: KeyMaterialID,
        into bytes: UnsafeMutableRawBufferPointer
    ) {
        bytes[Layout.version] = currentVersion
        bytes[Layout.kind] = (keyID.isMultiRegion ? Kind.multiRegion : .singleRegion).rawValue
        keyID.withUnsafeBytes { id in
            UnsafeMutableRawBufferPointer(rebasing: bytes[Layout.keyID...]).copyMemory(from: id)
        }
        materialID.withUnsafeBytes { id in
            UnsafeMutableRawBufferPointer(rebasing: bytes[Layout.materialID...]).copyMemory(from: id)
        }
        RandomSource.fill(UnsafeMutableRawBufferPointer(rebasing: bytes[Layout.nonce..<Layout.ciphertext]))
    }
}
