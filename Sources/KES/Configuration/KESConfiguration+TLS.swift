import Cryptography

extension KESConfiguration.TLS {
    init(_ root: inout ConfigurationSection) throws(KESConfigurationError) {
        var tls = try root.section("tls")
        self.init(
            keyPath: try tls.required("key"),
            certificatePath: try tls.required("cert"),
            password: try tls.text("password").map { Redacted($0) },
            verifiesClients: try tls.bool("auth"),
            authoritiesPath: try tls.text("ca"),
            proxy: try KESConfiguration.Proxy(&tls)
        )
        tls.warnOfUnknown()
    }
}

extension KESConfiguration.Proxy {
    /// Nil without identities: then nobody's header counts.
    fileprivate init?(_ tls: inout ConfigurationSection) throws(KESConfigurationError) {
        var proxy = try tls.section("proxy")
        var header = try proxy.section("header")
        let name = try header.text("cert")
        var identities: Set<Identity> = []
        for (text, line) in try proxy.texts("identities", substituting: true) {
            guard let identity = Identity(text) else {
                throw .invalid(
                    setting: proxy.setting("identities"),
                    line: line,
                    reason: "has an element that is not 64 hexadecimal digits"
                )
            }
            identities.insert(identity)
        }
        header.warnOfUnknown()
        proxy.warnOfUnknown()
        guard !identities.isEmpty else { return nil }
        self.init(identities: identities, certificateHeader: name ?? Self.certificateHeaderDefault)
    }
}
