import Crypto
import Foundation

/// The key that verifies a trail; what an auditor keeps somewhere else.
package struct TrailPublicKey: Sendable {
    private let key: Curve25519.Signing.PublicKey

    init(_ key: Curve25519.Signing.PublicKey) {
        self.key = key
    }

    func isValid(_ signature: TrailSignature, for text: String) -> Bool {
        key.isValidSignature(signature.bytes, for: Data(text.utf8))
    }

    /// Reads the key a writer left in the trail's directory; nil when there is none.
    ///
    /// Who can change the trail can change this file too: verify with a copy kept elsewhere.
    package static func read(fromTrailAt directory: String) throws(TrailError) -> TrailPublicKey? {
        let directory = TrailDirectory(path: directory)
        guard let text = try directory.text(at: directory.publicKeyPath) else { return nil }
        guard let key = TrailPublicKey(pem: text) else { throw .invalidPublicKey }
        return key
    }
}

extension TrailPublicKey: Equatable {
    package static func == (left: TrailPublicKey, right: TrailPublicKey) -> Bool {
        left.key.rawRepresentation == right.key.rawRepresentation
    }
}

// MARK: Wire

extension TrailPublicKey {
    /// What stands before the 32 bytes in a SubjectPublicKeyInfo of Ed25519 (RFC 8410, section 4).
    private static let prefix = Data([0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00])
    private static let opening = "-----BEGIN PUBLIC KEY-----\n"
    private static let closing = "\n-----END PUBLIC KEY-----\n"

    /// The key as a SubjectPublicKeyInfo in DER (RFC 8410, section 4).
    package var subjectPublicKeyInfo: [UInt8] { Array(Self.prefix + key.rawRepresentation) }

    /// The SHA-256 of the SubjectPublicKeyInfo in lower-case hexadecimal digits.
    package var fingerprint: String {
        let digest = SHA256.hash(data: subjectPublicKeyInfo)
        return digest.withUnsafeBytes { String(decoding: LowercaseHex.encode($0), as: UTF8.self) }
    }

    /// The key as PEM, which `openssl pkey -pubin` reads.
    package var pem: String {
        Self.opening + Data(subjectPublicKeyInfo).base64EncodedString() + Self.closing
    }

    /// Reads what ``pem`` writes, with or without white space around it.
    package init?(pem: String) {
        let text = pem.trimmingCharacters(in: .whitespacesAndNewlines) + "\n"
        guard text.hasPrefix(Self.opening), text.hasSuffix(Self.closing),
            text.utf8.count > Self.opening.utf8.count + Self.closing.utf8.count
        else { return nil }
        let body = text.dropFirst(Self.opening.count).dropLast(Self.closing.count)
        guard let bytes = Data(base64Encoded: String(body)), bytes.count == 44,
            bytes.prefix(12) == Self.prefix
        else { return nil }
        do {
            key = try Curve25519.Signing.PublicKey(rawRepresentation: bytes.suffix(32))
        } catch {
            return nil
        }
    }
}
