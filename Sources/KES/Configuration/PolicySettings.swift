/// The setting of the admin: an identity, or any text that is none, which disables it.
struct AdminSetting {
    let identity: Identity?

    init(_ root: inout ConfigurationSection) throws(KESConfigurationError) {
        var admin = try root.section("admin")
        var text = try admin.text("identity")
        admin.warnOfUnknown()
        // Before 0.18 the admin was called root.
        let old = try root.text("root")
        if text == nil, let old {
            root.warn("'root' is the old name of 'admin.identity'")
            text = old
        }
        guard let text else { throw .missing(setting: "admin.identity") }
        identity = Identity(text)
        if identity == nil, text.utf8.count == 64 {
            root.warn("'admin.identity' is not 64 hexadecimal digits, so the admin is disabled")
        }
    }
}

/// The policies of a configuration and who is in them.
struct PolicySettings {
    let set: PolicySet

    init(
        _ root: inout ConfigurationSection,
        admin: Identity?,
        proxy: KESConfiguration.Proxy?
    ) throws(KESConfigurationError) {
        var section = try root.section("policy")
        var policies: [KESPolicy] = []
        var assignments: [Identity: String] = [:]
        if let admin, proxy?.identities.contains(admin) == true {
            throw .invalid(setting: "tls.proxy.identities", line: nil, reason: "holds the admin's identity")
        }
        for name in section.names {
            guard KESName.isValid(name) else {
                throw section.invalid(name, KESError.invalidName(.policy, name).message)
            }
            var policy = try section.section(name)
            policies.append(try Self.policy(name, &policy))
            for (text, line) in try policy.texts("identities", substituting: true) {
                let setting = policy.setting("identities")
                guard let identity = Identity(text) else {
                    policy.warn(
                        "\(line.map { "line \($0): " } ?? "")'\(setting)' holds '\(text.prefix(80))', which is "
                            + "not 64 hexadecimal digits, so nobody is it"
                    )
                    continue
                }
                try Self.check(identity, admin, proxy, setting, line)
                if let other = assignments[identity], other != name {
                    throw .invalid(
                        setting: setting,
                        line: line,
                        reason: "holds \(identity), which is in policy '\(other)' already"
                    )
                }
                assignments[identity] = name
            }
            policy.warnOfUnknown()
        }
        for warning in policies.flatMap(\.warnings) { root.warn(warning) }
        set = PolicySet(admin: admin, policies: policies, assignments: assignments)
    }

    /// Patterns are taken as they are written; no variable is replaced in them.
    private static func policy(
        _ name: String,
        _ section: inout ConfigurationSection
    ) throws(KESConfigurationError) -> KESPolicy {
        // Before 0.15 a policy had paths, which it allowed.
        let old = try section.texts("paths", substituting: false)
        if !old.isEmpty { section.warn("'\(section.setting("paths"))' is the old name of 'allow'") }
        let allow = try section.texts("allow", substituting: false) + old
        let deny = try section.texts("deny", substituting: false)
        return KESPolicy(
            name: name,
            allow: allow.map { PathPattern($0.text) },
            deny: deny.map { PathPattern($0.text) }
        )
    }

    private static func check(
        _ identity: Identity,
        _ admin: Identity?,
        _ proxy: KESConfiguration.Proxy?,
        _ setting: String,
        _ line: Int?
    ) throws(KESConfigurationError) {
        if identity == admin {
            throw .invalid(setting: setting, line: line, reason: "holds the admin's identity")
        }
        if proxy?.identities.contains(identity) == true {
            throw .invalid(setting: setting, line: line, reason: "holds the identity of a TLS proxy")
        }
    }
}
