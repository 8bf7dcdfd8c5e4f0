import Crypto
package import Cryptography
package import KES
import SwiftASN1
import X509

package import struct Foundation.Date

/// A self-signed certificate of an API key, and the key, as PEM texts.
///
/// What makes it somebody's is its public key alone: the SHA-256 of it is the identity that policies name. The
/// name, the times and the purposes are there for peers that look at them.
package struct IdentityCertificate: Sendable {
    /// What a peer may use the certificate for.
    package enum Purpose: Sendable {
        /// A client that makes itself a certificate for each run.
        case client
        /// A pair of files that a server may be started with too.
        case clientAndServer
    }

    package let certificatePEM: String
    private let key: APIKey

    /// Makes a certificate that is valid for so many seconds, and for IP addresses of 4 or 16 bytes.
    package init(
        of key: APIKey,
        name: String,
        hosts: [String] = [],
        addresses: [[UInt8]] = [],
        purpose: Purpose,
        seconds: Int64,
        now: Date
    ) throws(IdentityCertificateError) {
        self.key = key
        do {
            let names = try DistinguishedName { CommonName(name) }
            let alternatives =
                hosts.map { GeneralName.dnsName($0) }
                + addresses.map { GeneralName.ipAddress(ASN1OctetString(contentBytes: $0[...])) }
            let privateKey = Certificate.PrivateKey(key.privateKey)
            let certificate = try Certificate(
                version: .v3,
                serialNumber: Certificate.SerialNumber(),
                publicKey: privateKey.publicKey,
                // A peer's clock may be behind ours.
                notValidBefore: now.addingTimeInterval(-60),
                notValidAfter: now.addingTimeInterval(Double(seconds)),
                issuer: names,
                subject: names,
                signatureAlgorithm: .ed25519,
                extensions: try Self.extensions(purpose, alternatives),
                issuerPrivateKey: privateKey
            )
            certificatePEM = try certificate.serializeAsPEM().pemString + "\n"
        } catch {
            throw IdentityCertificateError(reason: "\(error)")
        }
    }

    /// Gives the private key as PKCS #8 in PEM to whoever writes it where it belongs.
    package func exposingSecret<Result>(_ body: (String) throws -> Result) throws -> Result {
        let document = try Certificate.PrivateKey(key.privateKey).serializeAsPEM()
        return try body(document.pemString + "\n")
    }

    /// The private key as PKCS #8 in PEM that a password opens (RFC 1423).
    package func privateKeyPEM(password: borrowing SecretBytes) throws -> SecretBytes {
        let document = try Certificate.PrivateKey(key.privateKey).serializeAsPEM()
        return try PasswordProtectedPEM.privateKey(
            pkcs8: SecretBytes(copying: document.derBytes),
            password: password
        )
    }

    private static func extensions(
        _ purpose: Purpose,
        _ alternatives: [GeneralName]
    ) throws -> Certificate.Extensions {
        try Certificate.Extensions {
            switch purpose {
            case .client:
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.clientAuth])
            case .clientAndServer:
                // No key usage: a client that trusts this very certificate looks for its issuer, finds it itself,
                // and would ask that it may sign certificates.
                try ExtendedKeyUsage([.clientAuth, .serverAuth])
            }
            Critical(BasicConstraints.notCertificateAuthority)
            if !alternatives.isEmpty { SubjectAlternativeNames(alternatives) }
        }
    }
}

/// Why a certificate cannot be made.
package struct IdentityCertificateError: Error, CustomStringConvertible {
    let reason: String

    package var description: String { "The certificate cannot be made: \(reason)" }
}
