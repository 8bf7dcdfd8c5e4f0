import Cryptography
import Foundation

/// What ImportKeyMaterial needs to open material that was wrapped for it: sealed, so that no server keeps it.
///
/// It is bound to one key in one Region by the seal. Source: AWS KMS API Reference, GetParametersForImport.
struct ImportToken {
    /// How long a token and its wrapping key may be used.
    static let lifetimeSeconds = 86_400.0

    let wrappingKey: WrappingKeyPair
    let algorithm: WrappingAlgorithm
    let expiresAt: Date

    init(wrappingKey: WrappingKeyPair, algorithm: WrappingAlgorithm, at now: Date) {
        self.wrappingKey = wrappingKey
        self.algorithm = algorithm
        expiresAt = now.addingTimeInterval(Self.lifetimeSeconds)
    }

    /// The token of a request.
    ///
    /// - Throws: `.invalidImportToken` for bytes that are no token of this key, `.expiredImportToken`.
    init(
        opening sealed: [UInt8],
        for key: Key,
        with keyring: RootKeyring,
        at now: Date
    ) throws(KMSError) {
        do throws(CryptographyError) {
            let opened = try KeyWrap(keyring: keyring, purpose: .importTokens)
                .open(sealed, authenticating: Self.binding(to: key))
            guard let token = try opened.withUnsafeBytes(Self.parse) else { throw .invalidKeyMaterial }
            self = token
        } catch {
            throw .invalidImportToken
        }
        guard now < expiresAt else { throw .expiredImportToken }
    }

    private init(wrappingKey: WrappingKeyPair, algorithm: WrappingAlgorithm, expiresAt: Date) {
        self.wrappingKey = wrappingKey
        self.algorithm = algorithm
        self.expiresAt = expiresAt
    }

    private static func binding(to key: Key) -> [UInt8] { Array(key.arn.description.utf8) }
}

// MARK: Wire

extension ImportToken {
    /// The token for the caller: about 2.5 KB for the largest wrapping key, of 6,144 that the model allows.
    func sealed(for key: Key, with keyring: RootKeyring) throws(CryptographyError) -> [UInt8] {
        let milliseconds = Int64((expiresAt.timeIntervalSince1970 * 1000).rounded())
        let header = Array("\(wrappingKey.spec.rawValue) \(algorithm.rawValue) \(milliseconds)\n".utf8)
        let privateKey = try wrappingKey.serialized()
        let content = SecretBytes(count: header.count + privateKey.count) { buffer in
            buffer.copyBytes(from: header)
            privateKey.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: buffer[header.count...]).copyMemory(from: bytes)
            }
        }
        let madeAt = expiresAt.addingTimeInterval(-Self.lifetimeSeconds)
        return try KeyWrap(keyring: keyring.settled(at: madeAt), purpose: .importTokens)
            .seal(content, authenticating: Self.binding(to: key))
    }

    /// The content of a token: a line of words, then the private key; nil for anything else.
    private static func parse(_ content: UnsafeRawBufferPointer) throws(CryptographyError) -> ImportToken? {
        guard let end = content.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = String(decoding: content[..<end], as: UTF8.self).split(separator: " ")
        guard words.count == 3, let spec = WrappingKeySpec(rawValue: String(words[0])),
            let algorithm = WrappingAlgorithm(rawValue: String(words[1])), let expiry = Int64(words[2])
        else { return nil }
        let wrappingKey = try WrappingKeyPair(
            spec: spec,
            serialized: UnsafeRawBufferPointer(rebasing: content[(end + 1)...])
        )
        return ImportToken(
            wrappingKey: wrappingKey,
            algorithm: algorithm,
            expiresAt: Date(timeIntervalSince1970: Double(expiry) / 1000)
        )
    }
}
