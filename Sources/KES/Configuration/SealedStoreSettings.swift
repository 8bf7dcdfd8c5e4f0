/// Keys in Strongroom's own sealed store.
package enum SealedStoreSettings: Hashable, Sendable {
    /// The store of the server that this one is a door of.
    case own
    /// The store of a deployment.
    case deployment(Deployment)

    /// Where a deployment's data lie, in the settings of `strongroom serve`.
    package struct Deployment: Hashable, Sendable {
        /// By their names as flags: `data`, `store`, `seal` and what belongs to that.
        package var settings: [String: String]

        package init(settings: [String: String]) { self.settings = settings }
    }

    /// Where the configuration is read for.
    package enum Host: Sendable {
        /// `kes server`, and commands beside it.
        case standAlone
        /// The door of `strongroom serve`.
        case strongroom
    }
}

extension SealedStoreSettings {
    private static let names = [
        "store", "store-connections-max", "seal", "seal-key", "seal-passphrase-fd", "seal-pkcs11-module",
        "seal-pkcs11-token", "seal-pkcs11-key", "seal-pkcs11-pin-fd", "seal-kms-key", "seal-kms-endpoint",
        "seal-kms-region", "seal-kms-profile", "seal-kms-ca",
    ]

    init(
        _ stores: inout ConfigurationSection,
        in host: Host
    ) throws(KESConfigurationError) {
        var section = try stores.section("strongroom")
        var settings: [String: String] = [:]
        settings["data"] = try section.text("path")
        for name in Self.names { settings[name] = try section.text(name) }
        section.warnOfUnknown()
        switch host {
        case .strongroom:
            guard settings.isEmpty else {
                throw stores.invalid(
                    "strongroom",
                    "names a store, which is for 'kes server': this server keeps keys in its own"
                )
            }
            self = .own
        case .standAlone:
            guard settings["data"] != nil || settings["store"] != nil else {
                throw .missing(setting: section.setting("path"))
            }
            self = .deployment(Deployment(settings: settings))
        }
    }
}
