import Cryptography

extension VaultSettings {
    init(_ vault: inout ConfigurationSection) throws(KESConfigurationError) {
        let address = try vault.required("endpoint")
        guard let endpoint = ServiceEndpoint.parse(address) else {
            throw vault.invalid("endpoint", "is not the address of an HTTP server")
        }
        let version = try vault.text("version") ?? EngineVersion.v1.rawValue
        guard let version = EngineVersion(rawValue: version.lowercased()) else {
            throw vault.invalid("version", "is neither v1 nor v2")
        }
        let namespace = try vault.namespace()
        self.init(
            endpoint: endpoint,
            engine: try vault.path("engine", default: "kv"),
            version: version,
            namespace: namespace ?? nil,
            prefix: try vault.path("prefix", default: ""),
            transit: try Transit(&vault),
            login: try Login(&vault, namespace: namespace ?? nil),
            tls: try TLS(&vault)
        )
        var status = try vault.section("status")
        if let ping = try status.duration("ping"), ping > .zero {
            self.ping = min(ping, Self.pingMax)
            if ping > Self.pingMax {
                vault.warn("'\(status.setting("ping"))' is longer than a minute; Vault is asked every minute")
            }
        }
        status.warnOfUnknown()
    }
}

extension VaultSettings.Transit {
    /// Nil without a key: then keys are not wrapped.
    fileprivate init?(_ vault: inout ConfigurationSection) throws(KESConfigurationError) {
        var transit = try vault.section("transit")
        let engine = try transit.path("engine", default: "transit")
        let key = try transit.path("key", default: "")
        transit.warnOfUnknown()
        if key.isEmpty { return nil }
        self.init(engine: engine, key: key)
    }
}

extension VaultSettings.Login {
    /// Exactly one way; a section without anything in it, as in templates, is none.
    fileprivate init(
        _ vault: inout ConfigurationSection,
        namespace: String?
    ) throws(KESConfigurationError) {
        let appRole = try Self.appRole(&vault, namespace)
        let kubernetes = try Self.kubernetes(&vault, namespace)
        switch (appRole, kubernetes) {
        case (let login?, nil), (nil, let login?): self = login
        case (nil, nil): throw .missing(setting: vault.setting("approle.id"))
        case (_?, _?):
            throw vault.invalid("kubernetes", "is set beside 'approle'; a server logs in one way")
        }
    }

    private static func appRole(
        _ vault: inout ConfigurationSection,
        _ namespace: String?
    ) throws(KESConfigurationError) -> VaultSettings.Login? {
        var section = try vault.section("approle")
        let engine = try section.path("engine", default: "approle")
        let own = try section.namespace()
        let id = try section.text("id")
        let secret = try section.text("secret")
        section.warnOfUnknown()
        if id == nil, secret == nil { return nil }
        guard let id else { throw .missing(setting: section.setting("id")) }
        guard let secret else { throw .missing(setting: section.setting("secret")) }
        return VaultSettings.Login(
            engine: engine,
            namespace: own ?? namespace,
            proof: .appRole(id: id, secret: Redacted(secret))
        )
    }

    private static func kubernetes(
        _ vault: inout ConfigurationSection,
        _ namespace: String?
    ) throws(KESConfigurationError) -> VaultSettings.Login? {
        var section = try vault.section("kubernetes")
        let engine = try section.path("engine", default: "kubernetes")
        let own = try section.namespace()
        let role = try section.text("role")
        let token = try section.text("jwt")
        section.warnOfUnknown()
        if role == nil, token == nil { return nil }
        guard let role else { throw .missing(setting: section.setting("role")) }
        return VaultSettings.Login(
            engine: engine,
            namespace: own ?? namespace,
            proof: .kubernetes(role: role, token: VaultSettings.KubernetesToken(token))
        )
    }
}

extension VaultSettings.KubernetesToken {
    /// A token has no slash: its three parts are base64 for addresses.
    fileprivate init(_ text: String?) {
        guard let text else {
            self = .file(path: Self.pathDefault)
            return
        }
        self = text.contains("/") ? .file(path: text) : .text(Redacted(text))
    }
}

extension VaultSettings.TLS {
    fileprivate init(_ vault: inout ConfigurationSection) throws(KESConfigurationError) {
        var tls = try vault.section("tls")
        self.init(
            keyPath: try tls.text("key"),
            certificatePath: try tls.text("cert"),
            authoritiesPath: try tls.text("ca")
        )
        tls.warnOfUnknown()
        guard (keyPath == nil) == (certificatePath == nil) else {
            throw .missing(setting: tls.setting(keyPath == nil ? "key" : "cert"))
        }
    }
}

extension ConfigurationSection {
    fileprivate mutating func path(
        _ name: String,
        default standard: String
    ) throws(KESConfigurationError) -> VaultPath {
        guard let path = VaultPath(try text(name) ?? standard) else {
            throw invalid(name, "is not a path of Vault")
        }
        return path
    }

    /// Nil when it is not set; the inner nil is the root namespace, which is written as a slash.
    fileprivate mutating func namespace() throws(KESConfigurationError) -> String?? {
        guard let text = try text("namespace") else { return .none }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw invalid("namespace", "is not the name of a namespace")
        }
        return .some(text == "/" ? nil : text)
    }
}
