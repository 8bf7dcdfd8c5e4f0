import ArgumentParser
import Cryptography
import Foundation
import KES
import KESServer
import NIOSSL

/// How a command reaches the server.
struct ClientOptions: ParsableArguments {
    @Flag(name: [.customShort("k"), .long], help: "Do not verify the server's certificate.")
    var insecure = false

    @Option(
        name: [.customShort("s"), .long],
        help: "The server, HOST:PORT. (default: KES_SERVER, or 127.0.0.1:7373)"
    )
    var server: String?

    @Option(name: [.customShort("a"), .long], help: "The API key. (default: KES_API_KEY)")
    var apiKey: String?

    @Option(name: [.customShort("e"), .long], help: .hidden)
    var enclave: String?

    private static let servers = ["MINIO_KES_SERVER", "KES_SERVER", "MINIO_KMS_KES_ENDPOINT"]
    private static let apiKeys = ["MINIO_KES_API_KEY", "KES_API_KEY", "MINIO_KMS_KES_API_KEY"]
    private static let keyFiles = ["MINIO_KES_KEY_FILE", "KES_CLIENT_KEY", "MINIO_KES_CLIENT_KEY"]
    private static let keyPasswords = ["MINIO_KMS_KES_KEY_PASSWORD"]
    private static let certificateFiles = ["MINIO_KES_CERT_FILE", "KES_CLIENT_CERT", "MINIO_KES_CLIENT_CERT"]

    /// The servers' addresses as URLs without a path, in the order in which they are tried.
    func endpoints() throws -> [String] {
        let text = server ?? Self.variable(Self.servers) ?? "127.0.0.1:7373"
        let endpoints = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
            .map { $0.hasPrefix("https://") ? $0 : "https://\($0)" }
            .map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        guard !endpoints.isEmpty else { throw CommandFailure("no server endpoint specified: set KES_SERVER") }
        if let plain = endpoints.first(where: { $0.hasPrefix("https://http://") }) {
            throw CommandFailure(
                "invalid server endpoint '\(plain.dropFirst(8))': KES is spoken over TLS only"
            )
        }
        return endpoints
    }

    func tls() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = insecure ? .none : .fullVerification
        tls.verifySignatureAlgorithms = TLSSignatures.all
        if let authorities = ProcessInfo.processInfo.environment["SSL_CERT_FILE"], !insecure {
            tls.additionalTrustRoots = [.file(authorities)]
        }
        try identify(&tls)
        return tls
    }

    private func identify(_ tls: inout TLSConfiguration) throws {
        let text = apiKey ?? Self.variable(Self.apiKeys)
        let (keyFile, certificateFile) = (Self.variable(Self.keyFiles), Self.variable(Self.certificateFiles))
        guard let text else {
            guard let keyFile, let certificateFile else {
                throw CommandFailure(
                    "no client identity: set KES_API_KEY, or KES_CLIENT_KEY and KES_CLIENT_CERT"
                )
            }
            do {
                tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificateFile).map {
                    .certificate($0)
                }
                tls.privateKey = .privateKey(try Self.privateKey(keyFile))
            } catch let failure as CommandFailure {
                throw failure
            } catch {
                throw CommandFailure(
                    "'\(certificateFile)' and '\(keyFile)' cannot be read as certificate and key"
                )
            }
            return
        }
        guard keyFile == nil, certificateFile == nil else {
            throw CommandFailure(
                "there are both an API key and a client key or certificate: unset one of them"
            )
        }
        guard let key = APIKey(text) else { throw CommandFailure("the API key is not valid") }
        let certificate = try IdentityCertificate(
            of: key,
            name: key.identity.text,
            purpose: .client,
            seconds: 90 * 24 * 3600,
            now: Date.now
        )
        tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.certificatePEM.utf8))
            .map { .certificate($0) }
        tls.privateKey = .privateKey(
            try certificate.exposingSecret { try NIOSSLPrivateKey(bytes: Array($0.utf8), format: .pem) }
        )
    }

    /// A file that a password protects is opened with the one of MinIO's variable, or with one that is asked for.
    private static func privateKey(_ path: String) throws -> NIOSSLPrivateKey {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        guard text.contains("ENCRYPTED") else { return try NIOSSLPrivateKey(file: path, format: .pem) }
        let bytes: [UInt8]
        if let password = variable(keyPasswords) {
            bytes = Array(password.utf8)
        } else {
            bytes = try Password.ask("Enter password for '\(path)': ").withUnsafeBytes { Array($0) }
        }
        do {
            return try NIOSSLPrivateKey(file: path, format: .pem) { setter in setter(bytes) }
        } catch {
            throw CommandFailure("'\(path)' does not open with this password")
        }
    }

    private static func variable(_ names: [String]) -> String? {
        let environment = ProcessInfo.processInfo.environment
        return names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
}
