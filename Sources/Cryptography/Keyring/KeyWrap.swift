import Crypto

/// Seals small secrets and records under the key of one purpose, naming the version of the root key.
///
/// `format(1) ‖ root version(4) ‖ nonce(16) ‖ ciphertext ‖ tag(16)`. The version lets what was sealed before
/// a root rotation be read after it, and tells a re-sealing job what is left to do. The first five bytes and
/// the caller's associated data are authenticated; the caller length-prefixes the parts of his.
package struct KeyWrap: Sendable {
    /// How much longer the sealed form is.
    package static let overheadBytes = Layout.ciphertext + OneTimeCipher.tagBytes

    private let keyring: RootKeyring
    private let purpose: KeyPurpose

    package init(keyring: RootKeyring, purpose: KeyPurpose) {
        self.keyring = keyring
        self.purpose = purpose
    }

    /// Seals under the current version of the root key.
    ///
    /// - Throws: `.libraryFailure` only, which no input causes.
    package func seal(
        _ plaintext: UnsafeRawBufferPointer,
        authenticating associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let key = keyring.currentDerivation(for: purpose)
        var outcome: Result<Void, CryptographyError> = .success(())
        let sealedBytes = plaintext.count + Self.overheadBytes
        let sealed = [UInt8](unsafeUninitializedCapacity: sealedBytes) { buffer, count in
            count = sealedBytes
            let bytes = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(buffer)[0..<sealedBytes]
            )
            bytes[0] = Layout.format
            bytes.storeBytes(
                of: keyring.currentVersion.bigEndian,
                toByteOffset: Layout.rootVersion,
                as: UInt32.self
            )
            let nonce = UnsafeMutableRawBufferPointer(rebasing: bytes[Layout.nonce..<Layout.ciphertext])
            RandomSource.fill(nonce)
            outcome = associatedData.withUnsafeBytes { data in
                Result { () throws(CryptographyError) in
                    try OneTimeCipher.wrapping.seal(
                        plaintext,
                        key: key,
                        nonce: UnsafeRawBufferPointer(nonce),
                        authenticating: .init(
                            header: UnsafeRawBufferPointer(rebasing: bytes[0..<Layout.nonce]),
                            context: data
                        ),
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes[Layout.ciphertext...])
                    )
                }
            }
        }
        try outcome.get()
        return sealed
    }

    /// Seals a secret under the current version of the root key.
    package func seal(
        _ secret: borrowing SecretBytes,
        authenticating associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try secret.withUnsafeBytes { bytes throws(CryptographyError) in
            try seal(bytes, authenticating: associatedData)
        }
    }

    /// Seals a record that is no secret by itself.
    package func seal(
        record: [UInt8],
        authenticating associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let outcome = record.withUnsafeBytes { bytes in
            Result { () throws(CryptographyError) in
                try seal(bytes, authenticating: associatedData)
            }
        }
        return try outcome.get()
    }

    /// Opens a sealed secret into memory that is wiped.
    ///
    /// - Throws: `.unknownRootVersion`, or `.invalidCiphertext` for every other cause.
    package func open(
        _ sealed: [UInt8],
        authenticating associatedData: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        let key = try key(of: sealed)
        return try SecretBytes(count: sealed.count - Self.overheadBytes) {
            plaintext throws(CryptographyError) in
            try Self.open(sealed, with: key, authenticating: associatedData, into: plaintext)
        }
    }

    /// Opens a sealed record that is no secret by itself, into ordinary memory.
    ///
    /// - Throws: as ``open(_:authenticating:)``.
    package func openRecord(
        _ sealed: [UInt8],
        authenticating associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let key = try key(of: sealed)
        var outcome: Result<Void, CryptographyError> = .success(())
        let plaintextBytes = sealed.count - Self.overheadBytes
        let record = [UInt8](unsafeUninitializedCapacity: plaintextBytes) { buffer, count in
            let plaintext = UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(buffer)[0..<plaintextBytes]
            )
            outcome = Result { () throws(CryptographyError) in
                try Self.open(sealed, with: key, authenticating: associatedData, into: plaintext)
            }
            if case .success = outcome { count = plaintextBytes }
        }
        try outcome.get()
        return record
    }

    /// The version of the root key that a value names, unauthenticated; nil when it is no sealed value.
    package static func rootVersion(of sealed: [UInt8]) -> UInt32? {
        guard sealed.count >= overheadBytes, sealed[0] == Layout.format else { return nil }
        return sealed[Layout.rootVersion..<Layout.nonce].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private enum Layout {
        static let format: UInt8 = 1
        static let rootVersion = 1
        static let nonce = 5
        static let ciphertext = nonce + OneTimeCipher.nonceBytes
    }

    private func key(of sealed: [UInt8]) throws(CryptographyError) -> DerivationKey {
        guard let version = Self.rootVersion(of: sealed) else { throw .invalidCiphertext }
        return try keyring.derivation(for: purpose, version: version)
    }

    private static func open(
        _ sealed: [UInt8],
        with key: DerivationKey,
        authenticating associatedData: [UInt8],
        into plaintext: UnsafeMutableRawBufferPointer
    ) throws(CryptographyError) {
        let outcome = sealed.withUnsafeBytes { sealed in
            associatedData.withUnsafeBytes { data in
                Result { () throws(CryptographyError) in
                    try OneTimeCipher.wrapping.open(
                        UnsafeRawBufferPointer(rebasing: sealed[Layout.ciphertext...]),
                        key: key,
                        nonce: UnsafeRawBufferPointer(rebasing: sealed[Layout.nonce..<Layout.ciphertext]),
                        authenticating: .init(
                            header: UnsafeRawBufferPointer(rebasing: sealed[0..<Layout.nonce]),
                            context: data
                        ),
                        into: plaintext
                    )
                }
            }
        }
        try outcome.get()
    }
}
