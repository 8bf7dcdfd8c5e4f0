package import AWSProtocol
package import Cryptography

/// What `config.yml` says, checked whole.
package struct KESConfiguration: Sendable {
    package var address: ListenAddress
    /// Nil when the admin is disabled.
    package var admin: Identity?
    package var tls: TLS
    /// By the path of a route, with its trailing slash.
    package var routes: [String: RouteOptions]
    package var policies: PolicySet
    package var cache: CacheExpiry
    package var errorLog: LogThreshold
    package var auditLog: LogThreshold
    /// Keys to make before serving.
    package var keys: [KeyName]
    package var keyStore: KeyStoreSettings
    /// What is accepted and should still be looked at, one sentence each.
    package var warnings: [String]

    /// TLS of the door.
    package struct TLS: Sendable {
        package var keyPath: String
        package var certificatePath: String
        /// Opens a key file that is encrypted (RFC 1423).
        package var password: Redacted<String>?
        /// Whether clients' certificates must lead to a known authority; nil when `auth` is not set.
        package var verifiesClients: Bool?
        /// A file or folder of certificates that clients' may lead to, besides the system's.
        package var authoritiesPath: String?
        package var proxy: Proxy?
    }

    /// Proxies that end TLS and tell the client's certificate in a header.
    package struct Proxy: Hashable, Sendable {
        package var identities: Set<Identity>
        package var certificateHeader: String

        package static let certificateHeaderDefault = "X-Tls-Client-Cert"
    }

    package struct RouteOptions: Hashable, Sendable {
        package var skipsAuthentication: Bool
        package var timeout: Duration?

        package init(skipsAuthentication: Bool = false, timeout: Duration? = nil) {
            self.skipsAuthentication = skipsAuthentication
            self.timeout = timeout
        }
    }
}

/// Where to listen.
package struct ListenAddress: Hashable, Sendable {
    /// An IP address.
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package static let standard = ListenAddress(host: "0.0.0.0", port: 7373)
    package static let ofThisMachine = ListenAddress(host: "127.0.0.1", port: 7373)
}

/// The least severe level that a log shows, on the scale of Go's slog: DEBUG -4, INFO 0, WARN 4, ERROR 8.
package struct LogThreshold: Hashable, Sendable {
    package var level: Int

    package static let debug = LogThreshold(level: -4)
    package static let info = LogThreshold(level: 0)
    package static let warning = LogThreshold(level: 4)
    package static let error = LogThreshold(level: 8)
    package static let off = LogThreshold(level: 9)

    package func shows(_ other: LogThreshold) -> Bool { other.level >= level }
}

/// Which key store, and how to reach it.
package enum KeyStoreSettings: Sendable {
    /// Nothing is kept over a restart.
    case memory
    case files(path: String)
    case secretsManager(SecretsManagerSettings)
    case vault(VaultSettings)
    case sealed(SealedStoreSettings)
}

/// AWS Secrets Manager, or a server that speaks its API.
package struct SecretsManagerSettings: Sendable {
    /// With its scheme, as in `https://secretsmanager.eu-west-1.amazonaws.com`.
    package var endpoint: String
    package var region: Region
    /// The key that encrypts the secrets; nil for the account's own.
    package var kmsKey: String?
    /// Nil for those of the environment, the container or the machine.
    package var credentials: FixedCredentials?

    package init(endpoint: String, region: Region, kmsKey: String?, credentials: FixedCredentials?) {
        self.endpoint = endpoint
        self.region = region
        self.kmsKey = kmsKey
        self.credentials = credentials
    }

    package struct FixedCredentials: Sendable {
        package var accessKey: String
        package var secretKey: Redacted<String>
        package var token: Redacted<String>?

        package init(accessKey: String, secretKey: Redacted<String>, token: Redacted<String>?) {
            self.accessKey = accessKey
            self.secretKey = secretKey
            self.token = token
        }
    }
}
