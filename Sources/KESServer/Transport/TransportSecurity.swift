import Foundation
import NIOCore
package import NIOSSL
import SwiftASN1
import X509

/// How connections are secured: immutable, and swapped whole when the configuration is read again.
struct TransportSecurity: Sendable {
    let context: NIOSSLContext
    let trust: ClientTrust

    /// Without `requiresCertificate` it lets clients without one in, for the routes that need none.
    init(
        _ certificate: ServerCertificate,
        trust: ClientTrust,
        requiresCertificate: Bool
    ) throws(TLSSetupError) {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificate.chain.map { .certificate($0) },
            privateKey: .privateKey(certificate.key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        configuration.certificateVerification =
            requiresCertificate ? .noHostnameVerification : .optionalVerification
        // The trust of clients is judged in a callback; without roots no list of names is sent to them.
        configuration.trustRoots = .certificates([])
        configuration.verifySignatureAlgorithms = Self.signatures
        // A peer that opens connections and aborts them would else keep 5 s worth of TLS states in memory.
        configuration.shutdownTimeout = .milliseconds(100)
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSSetupError("TLS cannot be set up: \(error)")
        }
        self.trust = trust
    }

    /// What clients may prove their keys with; API keys are Ed25519, which the library leaves out.
    static let signatures: [SignatureAlgorithm] = [
        .ed25519, .ecdsaSecp256R1Sha256, .ecdsaSecp384R1Sha384, .ecdsaSecp521R1Sha512, .rsaPssRsaeSha256,
        .rsaPssRsaeSha384, .rsaPssRsaeSha512, .rsaPkcs1Sha256, .rsaPkcs1Sha384, .rsaPkcs1Sha512,
    ]

    /// The authorities that vouch for clients: the system's, and those of a file or of all files of a folder.
    static func authorities(beside path: String) throws(TLSSetupError) -> ClientTrust {
        var store = CertificateStore.systemTrustRoots
        guard !path.isEmpty else { return .authorities(store) }
        do {
            var certificates: [Certificate] = []
            for file in try files(at: path) {
                for found in try NIOSSLCertificate.fromPEMFile(file) {
                    certificates.append(try Certificate(derEncoded: found.toDERBytes()))
                }
            }
            store.append(contentsOf: certificates)
        } catch {
            throw TLSSetupError("'\(path)' cannot be read as certificate authorities in PEM: \(error)")
        }
        return .authorities(store)
    }

    private static func files(at path: String) throws -> [String] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue
        else {
            return [path]
        }
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { "\(path)/\($0)" }
    }
}

/// What peers may prove their keys with, at either end.
package enum TLSSignatures {
    package static var all: [SignatureAlgorithm] { TransportSecurity.signatures }
}
