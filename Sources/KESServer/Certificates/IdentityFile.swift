import Crypto
package import KES
import NIOSSL
import SwiftASN1
import X509

/// What PEM texts tell of who somebody is.
package enum IdentityFile {
    /// The identity of the first certificate in a PEM text.
    package static func identity(certificatePEM text: String) throws(IdentityFileError) -> Identity {
        do {
            let found = try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
            guard let certificate = found.first(where: { !$0.isAuthority }) ?? found.first else {
                throw IdentityFileError.noCertificate
            }
            return try certificate.identity()
        } catch let error as IdentityFileError {
            throw error
        } catch {
            throw .malformed
        }
    }

    /// The API key of an Ed25519 private key in PKCS #8.
    package static func apiKey(privateKeyPEM text: String) throws(IdentityFileError) -> APIKey {
        guard !text.contains("ENCRYPTED") else { throw .encrypted }
        do {
            let key = try Certificate.PrivateKey(pemEncoded: text)
            let form = try PEMDocument(pemString: try key.serializeAsPEM().pemString)
            // RFC 8410 section 7: the seed is the last 32 bytes of the shortest form.
            guard form.derBytes.count == ed25519Bytes, form.derBytes.starts(with: ed25519Prefix) else {
                throw IdentityFileError.noAPIKey
            }
            return APIKey(try Curve25519.Signing.PrivateKey(rawRepresentation: form.derBytes.suffix(32)))
        } catch let error as IdentityFileError {
            throw error
        } catch {
            throw .malformed
        }
    }

    private static let ed25519Bytes = 48
    private static let ed25519Prefix: [UInt8] = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ]
}

/// Why a file does not tell who somebody is.
package enum IdentityFileError: Error, Hashable, Sendable {
    case noCertificate
    /// A private key that is not Ed25519.
    case noAPIKey
    /// A private key that a password protects.
    case encrypted
    case malformed
}

extension IdentityFileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noCertificate: "it holds no certificate"
        case .noAPIKey: "only Ed25519 private keys have an API key"
        case .encrypted: "a password protects it; its certificate tells the identity"
        case .malformed: "it is no certificate and no private key in PEM"
        }
    }
}
