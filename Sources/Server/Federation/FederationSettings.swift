import AWSProtocol
import IAM
import Operations

/// How the servers of identity providers may be called.
package struct FederationSettings: Sendable {
    /// Hosts, with their ports if they have one, that may be called without TLS and at a loopback address.
    package var insecureAuthorities: Set<String> = []
    /// A PEM file with certificate authorities that are trusted beside the system's; nil for none.
    package var authorityFile: String?

    package init() {}

    init(_ settings: SettingsReader) async throws(SettingsError) {
        let names = try await settings.list("oidc-insecure-hosts") ?? []
        insecureAuthorities = Set(names)
        guard names.allSatisfy({ IssuerName($0)?.authority == $0 }) else {
            throw .invalid("oidc-insecure-hosts", expected: "hosts, such as 127.0.0.1:8080")
        }
        authorityFile = try await settings.text("oidc-ca-file")
        if let authorityFile, !DataDirectory.isThere(authorityFile) {
            throw .unsupported("The file \(authorityFile) of oidc-ca-file is not there.")
        }
    }
}
