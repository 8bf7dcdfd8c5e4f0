import Crypto
import Foundation

/// The root keyring as a seal wrapped it, with the seal's kind beside it.
///
/// A digest of the wrapped bytes tells a damaged keyring from one that another key sealed.
package struct SealedKeyring: Hashable, Sendable {
    /// The kind of seal that wrapped it.
    package let seal: String
    /// Nil in a keyring that an earlier release wrote.
    package let deployment: DeploymentID?
    package let wrapped: [UInt8]

    /// Wraps a keyring, and unwraps it again, so that what is kept is known to open.
    ///
    /// - Throws: As the seal; `.unavailable` when it gave back another keyring.
    package init(_ keyring: RootKeyring, sealedBy seal: any Seal) async throws(SealError) {
        let deployment = DeploymentID(of: keyring)
        self.seal = seal.kind
        self.deployment = deployment
        wrapped = try await seal.wrap(keyring.serialized(), for: deployment)
        let again = try await seal.unwrap(wrapped, for: deployment)
        guard again.isEqual(to: keyring.serialized()) else {
            throw .unavailable(reason: "it does not give back what it was given")
        }
    }

    /// Unwraps the keyring.
    package func open(with seal: any Seal) async throws(SealedKeyringError) -> RootKeyring {
        guard self.seal == seal.kind else { throw .otherSeal(written: self.seal, given: seal.kind) }
        let serialized: SecretBytes
        do throws(SealError) {
            serialized = try await seal.unwrap(wrapped, for: deployment)
        } catch {
            throw .seal(error)
        }
        let keyring: RootKeyring
        do throws(CryptographyError) {
            keyring = try RootKeyring(serialized: serialized)
        } catch {
            throw .damaged(reason: "what the seal opened is not a keyring")
        }
        guard deployment == nil || deployment == DeploymentID(of: keyring) else {
            throw .damaged(reason: "it is the keyring of another deployment than it says")
        }
        return keyring
    }
}

/// Why a sealed keyring was not read or opened.
package enum SealedKeyringError: Error, Equatable {
    case damaged(reason: String)
    /// Another kind of seal wrapped it than the one that is configured.
    case otherSeal(written: String, given: String)
    case seal(SealError)
}

extension SealedKeyringError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .damaged(let reason): "it is damaged: \(reason)"
        case .otherSeal(let written, let given):
            "the seal '\(written)' sealed it, but the seal '\(given)' is configured"
        case .seal(let error): error.description
        }
    }
}

// MARK: Form

extension SealedKeyring {
    private static let format = "strongroom-keyring-v1"
    /// A full keyring is 60 KB long.
    package static let bytesMax = 1 << 20

    /// A small JSON object, in which an earlier release kept the keyring in a file of its own.
    private struct Contents: Codable {
        let format: String
        let seal: String
        let deployment: String?
        /// Base64 in the text.
        let wrapped: Data
        /// SHA-256 of the seal's kind, a zero byte, the deployment and a zero byte when there is one, and the
        /// wrapped bytes.
        let digest: Data

        static func digest(seal: String, deployment: String?, wrapped: Data) -> Data {
            var covered = Data(seal.utf8) + [0]
            if let deployment { covered += Data(deployment.utf8) + [0] }
            return Data(SHA256.hash(data: covered + wrapped))
        }
    }

    /// Reads what ``encoded()`` gave.
    ///
    /// - Throws: `.damaged` for anything else.
    package init(encoded bytes: [UInt8]) throws(SealedKeyringError) {
        guard bytes.count <= Self.bytesMax else { throw .damaged(reason: "it is too long") }
        let contents: Contents
        do {
            contents = try JSONDecoder().decode(Contents.self, from: Data(bytes))
        } catch {
            throw .damaged(reason: "it is not a complete JSON object of a keyring")
        }
        guard contents.format == Self.format else {
            throw .damaged(reason: "its format is not \(Self.format)")
        }
        let digest = Contents.digest(
            seal: contents.seal,
            deployment: contents.deployment,
            wrapped: contents.wrapped
        )
        guard contents.digest == digest else {
            throw .damaged(reason: "its digest does not match its contents")
        }
        deployment = try contents.deployment.map { text throws(SealedKeyringError) in
            guard let id = DeploymentID(text) else { throw .damaged(reason: "it names no deployment") }
            return id
        }
        seal = contents.seal
        wrapped = [UInt8](contents.wrapped)
    }

    /// The bytes to keep.
    package func encoded() throws(SealedKeyringError) -> [UInt8] {
        let contents = Contents(
            format: Self.format,
            seal: seal,
            deployment: deployment?.description,
            wrapped: Data(wrapped),
            digest: Contents.digest(
                seal: seal,
                deployment: deployment?.description,
                wrapped: Data(wrapped)
            )
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(contents)) + [UInt8(ascii: "\n")]
        } catch {
            throw .damaged(reason: "it cannot be written as JSON")
        }
    }
}
