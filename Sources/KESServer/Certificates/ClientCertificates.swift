import KES
import NIOSSL
import SwiftASN1
import X509

/// The certificates that a client showed.
enum ClientCertificates {
    /// Who the client is: certificates of authorities beside its own do not count.
    static func identity(of chain: [NIOSSLCertificate]) throws(KESError) -> Identity {
        let own = chain.filter { !$0.isAuthority }
        guard own.count < 2 else { throw .clientCertificatesSeveral }
        do {
            guard let identity = try own.first?.identity() else { throw KESError.clientCertificateMissing }
            return identity
        } catch {
            throw .clientCertificateMissing
        }
    }
}

/// Whether a client's certificate must be vouched for.
enum ClientTrust: Sendable {
    /// Any certificate counts, even one that expired: it proves the possession of a key, and policies name keys.
    case anybody
    case authorities(CertificateStore)

    /// Whether a connection with these certificates may go on.
    func accepts(_ chain: [NIOSSLCertificate]) async -> Bool {
        guard case .authorities(let roots) = self else { return true }
        do {
            let certificates = try chain.map { try Certificate(derEncoded: $0.toDERBytes()) }
            guard let leaf = certificates.first else { return false }
            var verifier = Verifier(rootCertificates: roots) {
                RFC5280Policy()
                ClientPurpose()
            }
            let result = await verifier.validate(
                leaf: leaf,
                intermediates: CertificateStore(certificates.dropFirst())
            )
            guard case .validCertificate = result else { return false }
            return true
        } catch {
            return false
        }
    }
}

/// Refuses certificates that say what they are for and do not name clients (RFC 5280 section 4.2.1.12).
private struct ClientPurpose: VerifierPolicy {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [
        .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.keyUsage,
    ]

    mutating func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
        for certificate in chain {
            guard let purposes = try? certificate.extensions.extendedKeyUsage else { continue }
            guard purposes.contains(.clientAuth) || purposes.contains(.any) else {
                return .failsToMeetPolicy(reason: "a certificate is not for clients")
            }
        }
        return .meetsPolicy
    }
}

extension NIOSSLCertificate {
    /// Whether the certificate says that it is an authority's.
    var isAuthority: Bool {
        guard let certificate = try? Certificate(derEncoded: toDERBytes()),
            let constraints = try? certificate.extensions.basicConstraints
        else { return false }
        switch constraints {
        case .isCertificateAuthority: return true
        case .notCertificateAuthority: return false
        }
    }

    func identity() throws -> Identity {
        Identity(subjectPublicKeyInfo: try extractPublicKey().toSPKIBytes())
    }
}
