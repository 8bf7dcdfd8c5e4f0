package import Cryptography

/// Which seal keeps the root keyring, and where its key is had from; holds no secret itself.
package enum SealSettings: Hashable, Sendable {
    /// A key file; nil for `seal.key` in the data directory.
    case file(path: String?)
    case passphrase(SecretSource)
    case pkcs11(PKCS11Seal.Place, pin: SecretSource)
    case kms(KMSSeal.Place)

    package var kind: String {
        switch self {
        case .file: FileSeal.kind
        case .passphrase: PassphraseSeal.kind
        case .pkcs11: PKCS11Seal.kind
        case .kms: KMSSeal.kind
        }
    }

    /// Reads the settings `seal` and `seal-…`; with a prefix, such as `to-`, those that begin with it.
    ///
    /// - Throws: For a seal that is not known or lacks something, and for a seal's settings without its name:
    ///   the key file would be taken in its place.
    package init(_ settings: SettingsReader, prefix: String = "") async throws(SettingsError) {
        let reader = PrefixedSettings(settings: settings, prefix: prefix)
        let kind = try await reader.text("seal")
        switch kind {
        case nil, FileSeal.kind:
            if kind == nil { try await reader.requireNone(of: Self.namedOnly) }
            self = .file(path: try await reader.text("seal-key"))
        case PassphraseSeal.kind: self = .passphrase(try await reader.secret(.passphrase))
        case PKCS11Seal.kind:
            self = .pkcs11(
                PKCS11Seal.Place(
                    module: try await reader.required("seal-pkcs11-module", expected: "the path of a module"),
                    tokenLabel: try await reader.required("seal-pkcs11-token", expected: "a token's label"),
                    keyLabel: try await reader.text("seal-pkcs11-key") ?? "strongroom"
                ),
                pin: try await reader.secret(.pin)
            )
        case KMSSeal.kind: self = .kms(try await Self.kmsPlace(reader))
        default:
            throw .invalid(reader.name("seal"), expected: "file, passphrase, pkcs11 or kms")
        }
    }

    /// What belongs to a seal that must be named.
    private static let namedOnly = [
        "seal-passphrase-fd", "seal-pkcs11-module", "seal-pkcs11-token", "seal-pkcs11-key",
        "seal-pkcs11-pin-fd", "seal-kms-key", "seal-kms-endpoint", "seal-kms-region", "seal-kms-profile",
        "seal-kms-ca",
    ]

    private static func kmsPlace(_ reader: PrefixedSettings) async throws(SettingsError) -> KMSSeal.Place {
        let place = KMSSeal.Place(
            key: try await reader.required("seal-kms-key", expected: "the ARN or the alias of a KMS key"),
            region: try await reader.text("seal-kms-region"),
            endpoint: try await reader.text("seal-kms-endpoint"),
            profile: try await reader.text("seal-kms-profile"),
            authorityFile: try await reader.text("seal-kms-ca")
        )
        guard let place else {
            throw .unsupported(
                "\(reader.name("seal-kms-endpoint")) must be https://HOST[:PORT], or http:// on this machine, "
                    + "and \(reader.name("seal-kms-region")) a Region unless the key's ARN names it."
            )
        }
        return place
    }
}

/// Settings whose names begin with a prefix.
private struct PrefixedSettings {
    let settings: SettingsReader
    let prefix: String

    enum Secret: String {
        case passphrase = "seal-passphrase"
        case pin = "seal-pkcs11-pin"
    }

    func name(_ name: String) -> String { prefix + name }

    func text(_ name: String) async throws(SettingsError) -> String? {
        try await settings.text(self.name(name))
    }

    func required(_ name: String, expected: String) async throws(SettingsError) -> String {
        guard let text = try await text(name), !text.isEmpty else {
            throw .invalid(self.name(name), expected: expected)
        }
        return text
    }

    func requireNone(of names: [String]) async throws(SettingsError) {
        for name in names where try await text(name) != nil {
            throw .unsupported(
                "\(self.name(name)) is set, but \(self.name("seal")) is not: say which seal to use."
            )
        }
    }

    func secret(_ secret: Secret) async throws(SettingsError) -> SecretSource {
        let option = name("\(secret.rawValue)-fd")
        let descriptor = try await settings.value(option, expected: "the number of an open file descriptor") {
            Int32($0).flatMap { $0 >= 0 ? $0 : nil }
        }
        return SecretSource(
            option: option,
            descriptor: descriptor,
            variable: EnvironmentSecrets.variable(name(secret.rawValue)),
            prompt: secret == .pin ? "PIN of the token" : "Passphrase of the seal"
        )
    }
}
