import COpenSSL
import Crypto

/// A seal whose key lies in a file that only its owner may read.
///
/// Two lines: a header that names the format, and 32 random bytes in base64. Whoever has the file and the
/// data directory has every key, so the file belongs on another volume, or in a secret mount.
package struct FileSeal: Seal {
    package static let kind = "file"
    package var kind: String { Self.kind }

    private let key: SymmetricKey

    /// Reads the key file.
    ///
    /// - Throws: `.file` when it is missing, open to others or damaged.
    package init(keyFile path: String) throws(SealError) {
        do throws(FileFailure) {
            let text = try DurableFile.read(at: path, bytesMax: Self.textBytesMax, ownerOnly: true)
            self.key = try Self.parse(text, path: path)
        } catch {
            throw .file(error)
        }
    }

    private init(key: SymmetricKey) { self.key = key }

    /// Makes a key file with fresh random bytes, mode 0600, where none is yet.
    ///
    /// - Throws: `.file`, with `.exists` when there is a file: a key that is in use is never overwritten.
    package static func create(keyFile path: String) throws(SealError) -> FileSeal {
        let secret = SecretBytes(randomCount: AuthenticatedCipher.keyBytes)
        let text = text(of: secret)
        do throws(FileFailure) {
            try DurableFile.create(at: path, contents: text)
        } catch {
            throw .file(error)
        }
        return FileSeal(key: secret.symmetricKey())
    }

    package func wrap(
        _ keyring: borrowing SecretBytes,
        for deployment: DeploymentID
    ) async throws(SealError) -> [UInt8] {
        try SealEnvelope.wrap(keyring, kind: kind, key: key)
    }

    package func unwrap(
        _ wrapped: [UInt8],
        for deployment: DeploymentID?
    ) async throws(SealError) -> SecretBytes {
        try SealEnvelope.unwrap(wrapped, kind: kind, key: key)
    }
}

// MARK: Text

extension FileSeal {
    private static let header = Array("strongroom-seal-key-v1\n".utf8)
    /// 32 bytes in base64: 43 digits and one `=`.
    private static let digitBytes = 44
    private static let textBytesMax = 4096

    private static func text(of secret: borrowing SecretBytes) -> SecretBytes {
        // EVP_EncodeBlock ends its output with a zero byte, whose place the newline takes.
        SecretBytes(count: header.count + digitBytes + 1) { memory in
            memory.copyBytes(from: header)
            let digits = UnsafeMutableRawBufferPointer(rebasing: memory[header.count...])
            secret.withUnsafeBytes { bytes in
                _ = EVP_EncodeBlock(
                    digits.bindMemory(to: UInt8.self).baseAddress,
                    bytes.bindMemory(to: UInt8.self).baseAddress,
                    Int32(bytes.count)
                )
            }
            digits[digitBytes] = UInt8(ascii: "\n")
        }
    }

    /// Reads the text strictly: only what ``text(of:)`` writes, with or without the last newline.
    private static func parse(
        _ text: borrowing SecretBytes,
        path: String
    ) throws(FileFailure) -> SymmetricKey {
        guard text.withUnsafeBytes({ $0.starts(with: header) }) else {
            throw .malformed(path: path, reason: "it does not begin with the header of a seal key")
        }
        guard text.count - header.count == digitBytes || text.count - header.count == digitBytes + 1 else {
            throw .malformed(path: path, reason: "the key does not have \(digitBytes) base64 digits")
        }
        let decoded = SecretBytes(count: digitBytes / 4 * 3) { memory in
            text.withUnsafeBytes { bytes in
                let digits = UnsafeRawBufferPointer(
                    rebasing: bytes[header.count..<(header.count + digitBytes)]
                )
                _ = EVP_DecodeBlock(
                    memory.bindMemory(to: UInt8.self).baseAddress,
                    digits.bindMemory(to: UInt8.self).baseAddress,
                    Int32(digits.count)
                )
            }
        }
        let secret = decoded.withUnsafeBytes { bytes in
            SecretBytes(count: AuthenticatedCipher.keyBytes) {
                $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[0..<AuthenticatedCipher.keyBytes]))
            }
        }
        // The decoder is lenient; writing the key again finds every digit that does not belong.
        let canonical = Self.text(of: secret)
        let matches = canonical.withUnsafeBytes { canonical in
            text.withUnsafeBytes { text in
                ConstantTime.areEqual(UnsafeRawBufferPointer(rebasing: canonical[0..<text.count]), text)
            }
        }
        guard matches else { throw .malformed(path: path, reason: "the key is not base64 of 32 bytes") }
        return secret.symmetricKey()
    }
}
