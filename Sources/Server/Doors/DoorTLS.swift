import HummingbirdTLS
import NIOCore
import NIOSSL

/// The certificate and key of a door.
package struct DoorTLS: Sendable {
    let configuration: TLSConfiguration

    /// Reads PEM files: the certificate first in its file, then those that vouch for it.
    ///
    /// - Throws: When a file cannot be read or holds no certificate or key.
    package init(certificateFile: String, keyFile: String) throws(DoorError) {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
            let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
            guard !chain.isEmpty else { throw DoorError.tls(reason: "\(certificateFile) has no certificate") }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
            configuration.minimumTLSVersion = .tlsv12
            // A peer that opens connections and aborts them would else keep 5 s worth of TLS states in memory.
            configuration.shutdownTimeout = .milliseconds(100)
            self.configuration = configuration
        } catch let error as DoorError {
            throw error
        } catch {
            throw .tls(reason: "\(certificateFile), \(keyFile): \(error)")
        }
    }
}

extension TLSVersion {
    /// The version as CloudTrail's `tlsDetails` writes it.
    var cloudTrailName: String {
        switch self {
        case .tlsv1: "TLSv1"
        case .tlsv11: "TLSv1.1"
        case .tlsv12: "TLSv1.2"
        case .tlsv13: "TLSv1.3"
        }
    }
}
