import AWSProtocol
package import Cryptography
import Foundation

/// Temporary credentials at the only moment at which their secret can be read.
package struct IssuedSession: Sendable {
    package let claims: SessionClaims
    /// Forty characters of base64.
    package let secret: Redacted<String>
    package let token: Redacted<String>

    /// Makes credentials for a session.
    ///
    /// - Throws: `.cryptography` only, which no input causes.
    init(_ claims: SessionClaims, keyring: RootKeyring, at now: Date) throws(IAMError) {
        let entropy = SecretBytes(randomCount: 30)
        let secret = entropy.withUnsafeBytes { Base64.encode(Array($0)) }
        self.claims = claims
        self.secret = Redacted(secret)
        token = Redacted(
            try SessionSeal.seal(claims, secret: secret, keyring: keyring.settled(at: now))
        )
    }
}

/// A session token opened: what it says, and the secret that signatures are checked with.
struct OpenedSession: Sendable {
    let claims: SessionClaims
    let secret: SecretAccessKey
}

/// Seals sessions into tokens, so that no node keeps them and every node can open them.
///
/// Below the seal: `format(1) ‖ secret(40) ‖ claims as JSON`.
enum SessionSeal {
    private static let format: UInt8 = 1
    private static let secretBytes = 40
    private static let headBytes = 1 + secretBytes
    /// The longest text looked at, in bytes; the longest made is shorter.
    static let tokenBytesMax = 16 * 1024

    static func seal(
        _ claims: SessionClaims,
        secret: String,
        keyring: RootKeyring
    ) throws(IAMError) -> String {
        let body = try json(of: claims)
        let content = SecretBytes(count: headBytes + body.count) { buffer in
            buffer[0] = format
            UnsafeMutableRawBufferPointer(rebasing: buffer[1..<headBytes]).copyBytes(from: secret.utf8)
            UnsafeMutableRawBufferPointer(rebasing: buffer[headBytes...]).copyBytes(from: body)
        }
        do throws(CryptographyError) {
            return Base64.encode(
                try KeyWrap(keyring: keyring, purpose: .sessionTokens).seal(content, authenticating: [])
            )
        } catch {
            throw .cryptography
        }
    }

    /// Opens a token; nil for any text that is no token of this deployment.
    static func open(_ token: String, keyring: RootKeyring) -> OpenedSession? {
        guard token.utf8.count <= tokenBytesMax, let sealed = Base64.decode(token) else { return nil }
        do {
            let content = try KeyWrap(keyring: keyring, purpose: .sessionTokens)
                .open(sealed, authenticating: [])
            return try content.withUnsafeBytes { bytes in
                guard bytes.count > headBytes, bytes[0] == format else { return nil }
                let claims = try JSONDecoder().decode(
                    SessionClaims.self,
                    from: Data(bytes[headBytes...])
                )
                let secret = UnsafeRawBufferPointer(rebasing: bytes[1..<headBytes])
                return OpenedSession(claims: claims, secret: SecretAccessKey(secret))
            }
        } catch {
            // Whatever is wrong with a token, its bearer learns only that it is invalid.
            return nil
        }
    }

    private static func json(of claims: SessionClaims) throws(IAMError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return [UInt8](try encoder.encode(claims))
        } catch {
            throw .cryptography
        }
    }
}
