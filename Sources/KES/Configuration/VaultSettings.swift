package import Cryptography

/// HashiCorp Vault, or OpenBao: where the keys lie, and as whom the server comes.
package struct VaultSettings: Sendable {
    /// Of the key-value engine; only the second has conditional writes.
    package enum EngineVersion: String, Sendable { case v1, v2 }

    /// With its scheme, as in `https://vault.internal:8200`.
    package var endpoint: String
    /// Where the key-value engine is mounted.
    package var engine: VaultPath
    package var version: EngineVersion
    /// Nil for the root namespace.
    package var namespace: String?
    /// What stands before the keys' names in the engine; may be empty.
    package var prefix: VaultPath
    /// Encrypts the keys before they are stored; nil to store them as KES has them.
    package var transit: Transit?
    package var login: Login
    package var tls: TLS
    /// How often the server is asked whether it is there.
    package var ping: Duration

    package static let pingDefault = Duration.seconds(10)
    /// What is in memory is looked through as often, and longer is too late.
    package static let pingMax = Duration.seconds(60)

    package init(
        endpoint: String,
        engine: VaultPath,
        version: EngineVersion,
        namespace: String? = nil,
        prefix: VaultPath = VaultPath(),
        transit: Transit? = nil,
        login: Login,
        tls: TLS = TLS(),
        ping: Duration = pingDefault
    ) {
        self.endpoint = endpoint
        self.engine = engine
        self.version = version
        self.namespace = namespace
        self.prefix = prefix
        self.transit = transit
        self.login = login
        self.tls = tls
        self.ping = ping
    }

    /// A key of the transit engine.
    package struct Transit: Sendable {
        package var engine: VaultPath
        package var key: VaultPath

        package init(engine: VaultPath, key: VaultPath) {
            self.engine = engine
            self.key = key
        }
    }

    /// How the server proves who it is.
    package struct Login: Sendable {
        package enum Proof: Sendable {
            case appRole(id: String, secret: Redacted<String>)
            case kubernetes(role: String, token: KubernetesToken)
        }

        /// Where the method is mounted, below `auth/`.
        package var engine: VaultPath
        /// Nil for the root namespace.
        package var namespace: String?
        package var proof: Proof

        package init(engine: VaultPath, namespace: String?, proof: Proof) {
            self.engine = engine
            self.namespace = namespace
            self.proof = proof
        }
    }

    /// The token of a service account.
    package enum KubernetesToken: Sendable {
        case text(Redacted<String>)
        /// A file that Kubernetes renews; read at each login.
        case file(path: String)

        package static let pathDefault = "/var/run/secrets/kubernetes.io/serviceaccount/token"
    }

    /// Files in PEM form; nil for the system's authorities, and for no certificate of our own.
    package struct TLS: Hashable, Sendable {
        package var keyPath: String?
        package var certificatePath: String?
        package var authoritiesPath: String?

        package init(keyPath: String? = nil, certificatePath: String? = nil, authoritiesPath: String? = nil) {
            self.keyPath = keyPath
            self.certificatePath = certificatePath
            self.authoritiesPath = authoritiesPath
        }
    }
}

/// A path below `/v1/`, or a part of one: segments without dots alone, percent-encoded for addresses.
package struct VaultPath: Hashable, Sendable {
    package let encoded: String

    /// The empty path.
    package init() { encoded = "" }

    /// Nil for segments that an HTTP server would take for steps up or for itself.
    package init?(_ text: String) {
        let segments = text.split(separator: "/", omittingEmptySubsequences: true)
        guard segments.allSatisfy({ $0 != "." && $0 != ".." }) else { return nil }
        encoded = segments.map { PercentEncoding.encode($0) }.joined(separator: "/")
    }

    package var isEmpty: Bool { encoded.isEmpty }
}

/// Percent-encoding of all but the unreserved characters of RFC 3986, section 2.3.
enum PercentEncoding {
    static func encode(_ text: some StringProtocol) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if KESName.isLetter(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~") {
                encoded.append(byte)
            } else {
                encoded.append(UInt8(ascii: "%"))
                encoded += [byte >> 4, byte & 15].map { digits[Int($0)] }
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}
