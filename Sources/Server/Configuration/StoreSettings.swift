/// Where a deployment's data lies: the settings that every command takes.
package struct StoreSettings: Hashable, Sendable {
    /// The data directory.
    package var data: String
    /// The seal's key file; nil for `seal.key` in the data directory.
    package var sealKeyFile: String?

    package init(data: String, sealKeyFile: String? = nil) {
        self.data = data
        self.sealKeyFile = sealKeyFile
    }

    /// - Throws: `.unsupported` for a store that this version does not have.
    package init(_ settings: SettingsReader) async throws(SettingsError) {
        data = try await settings.text("data") ?? "./strongroom-data"
        sealKeyFile = try await settings.text("seal-key")
        guard !data.isEmpty else { throw .invalid("data", expected: "the path of a directory") }
        switch try await settings.text("store") ?? "sqlite" {
        case "sqlite": break
        case let store where store.hasPrefix("postgres://") || store.hasPrefix("postgresql://"):
            throw .unsupported("This version stores its records in SQLite; PostgreSQL is not supported.")
        default: throw .invalid("store", expected: "sqlite")
        }
    }
}
