import Crypto
import Foundation

/// The sealed root keyring on disk: a small JSON file that names its seal's kind.
///
/// It is replaced whole, so that a power loss leaves the old or the new one. A digest of the wrapped bytes
/// tells a damaged file from one that another key sealed.
package struct KeyringFile: Sendable {
    package let path: String

    /// The file `keyring` of a data directory.
    package init(directory: String) { self.path = "\(directory)/keyring" }

    /// Whether there is a keyring; a file that cannot be looked at counts as one, so that none is made over
    /// it.
    package var exists: Bool {
        do throws(FileFailure) {
            _ = try DurableFile.read(at: path, bytesMax: Self.fileBytesMax, ownerOnly: false)
            return true
        } catch {
            return error != .missing(path: path)
        }
    }

    /// The kind of seal that the file says it was wrapped by, without opening it.
    package func sealKind() throws(KeyringFileError) -> String { try contents().seal }

    /// Reads and unwraps the keyring.
    package func load(with seal: some Seal) async throws(KeyringFileError) -> RootKeyring {
        let contents = try contents()
        guard contents.seal == seal.kind else {
            throw .otherSeal(path: path, written: contents.seal, given: seal.kind)
        }
        let serialized: SecretBytes
        do throws(SealError) {
            serialized = try await seal.unwrap([UInt8](contents.wrapped))
        } catch {
            throw .seal(path: path, error)
        }
        do throws(CryptographyError) {
            return try RootKeyring(serialized: serialized)
        } catch {
            throw .file(.malformed(path: path, reason: "what the seal opened is not a keyring"))
        }
    }

    /// Wraps and writes the first keyring; refuses to when there is one.
    package func create(_ keyring: RootKeyring, with seal: some Seal) async throws(KeyringFileError) {
        let bytes = try await wrapped(keyring, by: seal)
        do throws(FileFailure) {
            try DurableFile.create(at: path, contents: SecretBytes(copying: bytes))
        } catch {
            throw .file(error)
        }
    }

    /// Wraps and writes a keyring in place of the one there: after a rotation, or under a new seal.
    package func replace(_ keyring: RootKeyring, with seal: some Seal) async throws(KeyringFileError) {
        let bytes = try await wrapped(keyring, by: seal)
        do throws(FileFailure) {
            try DurableFile.replace(at: path, contents: SecretBytes(copying: bytes))
        } catch {
            throw .file(error)
        }
    }
}

/// Why a keyring file was not read or written; every case names the file.
package enum KeyringFileError: Error, Equatable {
    case file(FileFailure)
    /// Another kind of seal wrapped it than the one that is configured.
    case otherSeal(path: String, written: String, given: String)
    case seal(path: String, SealError)
}

extension KeyringFileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let failure): failure.description
        case .otherSeal(let path, let written, let given):
            "\(path) was sealed by the seal '\(written)', but the seal '\(given)' is configured"
        case .seal(let path, let error): "\(path): \(error)"
        }
    }
}

// MARK: Form

extension KeyringFile {
    private static let format = "strongroom-keyring-v1"
    private static let fileBytesMax = 1 << 20

    private struct Contents: Codable {
        let format: String
        let seal: String
        /// Base64 in the file.
        let wrapped: Data
        /// SHA-256 of the seal's kind, a zero byte and the wrapped bytes.
        let digest: Data

        static func digest(seal: String, wrapped: Data) -> Data {
            Data(SHA256.hash(data: Data(seal.utf8) + [0] + wrapped))
        }
    }

    private func contents() throws(KeyringFileError) -> Contents {
        let bytes: Data
        do throws(FileFailure) {
            let read = try DurableFile.read(at: path, bytesMax: Self.fileBytesMax, ownerOnly: false)
            bytes = read.withUnsafeBytes { Data($0) }
        } catch {
            throw .file(error)
        }
        let contents: Contents
        do {
            contents = try JSONDecoder().decode(Contents.self, from: bytes)
        } catch {
            throw .file(.malformed(path: path, reason: "it is not a complete JSON object of a keyring"))
        }
        guard contents.format == Self.format else {
            throw .file(.malformed(path: path, reason: "its format is not \(Self.format)"))
        }
        guard contents.digest == Contents.digest(seal: contents.seal, wrapped: contents.wrapped) else {
            throw .file(.malformed(path: path, reason: "its digest does not match its contents"))
        }
        return contents
    }

    private func wrapped(
        _ keyring: RootKeyring,
        by seal: some Seal
    ) async throws(KeyringFileError) -> Data {
        let wrapped: Data
        do throws(SealError) {
            wrapped = Data(try await seal.wrap(keyring.serialized()))
        } catch {
            throw .seal(path: path, error)
        }
        let contents = Contents(
            format: Self.format,
            seal: seal.kind,
            wrapped: wrapped,
            digest: Contents.digest(seal: seal.kind, wrapped: wrapped)
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(contents) + Data("\n".utf8)
        } catch {
            throw .file(.malformed(path: path, reason: "the keyring cannot be written as JSON"))
        }
    }
}
