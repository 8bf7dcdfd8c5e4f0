import AWSProtocol
package import Crypto

/// A client's Ed25519 private key as one line of text: `kes:v1:` and the base64 of a type byte and the seed.
package struct APIKey: Sendable {
    package let privateKey: Curve25519.Signing.PrivateKey

    /// Makes a fresh key.
    package init() { privateKey = Curve25519.Signing.PrivateKey() }

    package init(_ privateKey: Curve25519.Signing.PrivateKey) { self.privateKey = privateKey }

    /// Reads the text of a key; nil for another prefix, type, length or alphabet.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let encoded = Array(text.utf8.dropFirst(Self.prefix.utf8.count))
        guard encoded.count == 44, var bytes = Base64.decode(encoded) else { return nil }
        defer { for index in bytes.indices { bytes[index] = 0 } }
        guard bytes.count == 33, bytes[0] == Self.ed25519 else { return nil }
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes[1...]) else { return nil }
        privateKey = key
    }

    /// Who a client with this key is.
    package var identity: Identity { Identity(subjectPublicKeyInfo: subjectPublicKeyInfo) }

    /// The DER form of the public key (RFC 8410 section 4).
    package var subjectPublicKeyInfo: [UInt8] {
        [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
            + Array(privateKey.publicKey.rawRepresentation)
    }

    /// Gives the text of the key to whoever shows it once.
    package func exposingSecret<Result>(_ body: (String) throws -> Result) rethrows -> Result {
        try body(Self.prefix + Base64.encode([Self.ed25519] + Array(privateKey.rawRepresentation)))
    }

    private static let prefix = "kes:v1:"
    private static let ed25519: UInt8 = 0
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
