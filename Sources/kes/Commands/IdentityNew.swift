import ArgumentParser
import Cryptography
import Foundation
import Glibc
import KES
import KESServer

/// Makes an API key, and the private key and certificate that stand for the same identity.
struct IdentityNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a new identity.",
        discussion:
            "With a name, addresses or paths it also writes the private key (private.key) and certificate (public.crt)."
    )

    @Argument(help: "The certificate's common name. (default: the identity)")
    var subject: String?

    @Option(help: "Where to write the private key.")
    var key: String?

    @Option(help: "Where to write the certificate.")
    var cert: String?

    @Option(help: "An IP address for which the certificate is valid; may be repeated.")
    var ip: [String] = []

    @Option(help: "A host name for which the certificate is valid; may be repeated.")
    var dns: [String] = []

    @Option(help: "How long the certificate is valid, as in 720h.")
    var expiry = "720h"

    @Flag(help: "Protect the private key's file with a password, which is asked for.")
    var encrypt = false

    @Flag(name: [.customShort("f"), .long], help: "Overwrite files that exist.")
    var force = false

    mutating func run() throws {
        guard let lifetime = Duration(go: expiry), lifetime > .zero else {
            throw ValidationError("'\(expiry)' is no duration such as 720h.")
        }
        let apiKey = APIKey()
        if let paths = try paths() {
            try write(apiKey, lifetime, to: paths)
        } else if encrypt {
            throw ValidationError("--encrypt protects a file: name a subject, --key or --cert.")
        }
        apiKey.exposingSecret { text in
            Output.print(
                """
                Your API key:

                   \(text)

                This is the only time it is shown. Keep it secret and secure!

                Your Identity:

                   \(apiKey.identity)

                The identity is no secret: servers need it in a policy to know this key.
                'kes identity of' tells it again from the API key or the certificate.

                """
            )
        }
    }

    /// Nil when only an API key is wanted.
    private func paths() throws -> (key: String, certificate: String)? {
        guard subject != nil || key != nil || cert != nil || !ip.isEmpty || !dns.isEmpty else { return nil }
        let paths = (key: key ?? "private.key", certificate: cert ?? "public.crt")
        for (path, kind) in [(paths.key, "private key"), (paths.certificate, "certificate")] where !force {
            guard !FileManager.default.fileExists(atPath: path) else {
                throw CommandFailure("\(kind) '\(path)' already exists. Use --force to overwrite it")
            }
        }
        return paths
    }

    private func write(
        _ apiKey: APIKey,
        _ lifetime: Duration,
        to paths: (key: String, certificate: String)
    ) throws {
        let addresses = try ip.flatMap { $0.split(separator: ",").map(String.init) }.map { text in
            guard let bytes = AddressBytes.of(text) else {
                throw ValidationError("'\(text)' is no IP address.")
            }
            return bytes
        }
        let certificate = try IdentityCertificate(
            of: apiKey,
            name: subject ?? apiKey.identity.text,
            hosts: dns.flatMap { $0.split(separator: ",").map(String.init) },
            addresses: addresses,
            purpose: .clientAndServer,
            seconds: lifetime.components.seconds,
            now: Date.now
        )
        if encrypt {
            let password = try Password.new()
            try DurableFile.replace(
                at: paths.key,
                contents: try certificate.privateKeyPEM(password: password)
            )
        } else {
            try certificate.exposingSecret { text in
                try DurableFile.replace(at: paths.key, contents: SecretBytes(copying: text.utf8))
            }
        }
        try certificate.certificatePEM.write(toFile: paths.certificate, atomically: true, encoding: .utf8)
        chmod(paths.certificate, 0o644)
    }
}

/// IP addresses as certificates hold them.
enum AddressBytes {
    static func of(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
        var six = in6_addr()
        guard inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        return withUnsafeBytes(of: &six) { Array($0) }
    }
}
