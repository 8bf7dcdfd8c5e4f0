import Cryptography
package import KES
import NIOSSL
import SwiftASN1
import X509

/// The certificate and key with which the server proves who it is.
package struct ServerCertificate: Sendable {
    let chain: [NIOSSLCertificate]
    let key: NIOSSLPrivateKey

    /// Reads PEM files.
    ///
    /// A password opens a private key that is encrypted as in RFC 1423; it is empty for one that is not.
    package init(certificateFile: String, keyFile: String, password: String) throws(TLSSetupError) {
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
        } catch {
            throw TLSSetupError("'\(certificateFile)' cannot be read as a certificate in PEM: \(error)")
        }
        guard let leaf = chain.first else { throw TLSSetupError("'\(certificateFile)' has no certificate") }
        guard Self.hasAlternativeName(leaf) else {
            throw TLSSetupError(
                "the certificate in '\(certificateFile)' has no subject alternative name: clients would refuse it. "
                    + "Make one with 'kes identity new --ip … --dns …'"
            )
        }
        do {
            key =
                password.isEmpty
                ? try NIOSSLPrivateKey(file: keyFile, format: .pem) { setter in setter([UInt8]()) }
                : try NIOSSLPrivateKey(file: keyFile, format: .pem) { setter in setter(Array(password.utf8)) }
        } catch {
            throw TLSSetupError(
                "'\(keyFile)' cannot be read as a private key in PEM"
                    + (password.isEmpty ? "" : " with tls.password")
            )
        }
    }

    /// Makes one for a server that nobody configured.
    package init(_ certificate: IdentityCertificate) throws(TLSSetupError) {
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8))
            key = try certificate.exposingSecret {
                try NIOSSLPrivateKey(bytes: Array($0.utf8), format: .pem)
            }
        } catch {
            throw TLSSetupError("the certificate cannot be used: \(error)")
        }
    }

    private static func hasAlternativeName(_ certificate: NIOSSLCertificate) -> Bool {
        guard let parsed = try? Certificate(derEncoded: certificate.toDERBytes()),
            let names = try? parsed.extensions.subjectAlternativeNames
        else { return false }
        return !names.isEmpty
    }
}

/// Why the server cannot speak TLS, as a sentence for the operator.
package struct TLSSetupError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

extension ServerCertificate {
    /// Of the configuration's files, or of others in their place.
    package init(
        _ tls: KESConfiguration.TLS,
        certificateFile: String? = nil,
        keyFile: String? = nil
    ) throws {
        let certificateFile = certificateFile ?? tls.certificatePath
        let keyFile = keyFile ?? tls.keyPath
        self = try (tls.password ?? Redacted("")).exposingSecret {
            try ServerCertificate(certificateFile: certificateFile, keyFile: keyFile, password: $0)
        }
    }
}
