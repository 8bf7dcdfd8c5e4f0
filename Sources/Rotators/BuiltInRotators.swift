package import SecretsManager

/// The rotators that need no function behind an address: for PostgreSQL, Redis, and values after a template.
package struct BuiltInRotators: RotatorFactory {
    package static let kinds = [PostgreSQLDriver.kind, RedisDriver.kind, TemplateRotator.kind]

    private static let databaseNames = RotatorSettings.passwordNames.union([
        "users", "hosts", "ca-file", "reset-lost-passwords",
    ])

    private let addresses: any DatabaseAddresses
    private let notices: any RotationNotices

    package init(addresses: any DatabaseAddresses, notices: any RotationNotices) {
        self.addresses = addresses
        self.notices = notices
    }

    package func rotator(for registered: RegisteredRotator) throws(RotationFailure) -> any Rotator {
        switch registered.kind {
        case TemplateRotator.kind: return try TemplateRotator(registered)
        case PostgreSQLDriver.kind:
            return try databaseRotator(registered, Self.databaseNames) { PostgreSQLDriver($0) }
        case RedisDriver.kind:
            return try databaseRotator(registered, Self.databaseNames.subtracting(["users"])) {
                RedisDriver($0, notices: notices)
            }
        default:
            throw .permanent("There is no rotator of the kind \(registered.kind).")
        }
    }

    private func databaseRotator(
        _ registered: RegisteredRotator,
        _ known: Set<String>,
        driver: (DatabaseReach) -> any DatabaseDriver
    ) throws(RotationFailure) -> DatabaseRotator {
        let settings = try RotatorSettings(registered, known: known)
        let reach = DatabaseReach(
            hosts: settings.list("hosts"),
            authorities: settings.text("ca-file") ?? DatabaseReach.authoritiesDefault,
            addresses: addresses
        )
        return DatabaseRotator(
            driver(reach),
            users: try settings.choice("users", otherwise: .single),
            passwords: try settings.passwords(),
            resetsLostPasswords: try settings.flag("reset-lost-passwords")
        )
    }
}

/// Takes what an operator should know though the rotation goes on.
package protocol RotationNotices: Sendable {
    /// - Parameter sentence: Without anything secret in it.
    func note(_ sentence: String)
}
