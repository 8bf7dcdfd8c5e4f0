/// Where a deployment's data lies: the settings that every command takes.
package struct StoreSettings: Hashable, Sendable {
    /// The data directory.
    package var data: String
    package var seal: SealSettings

    package init(data: String, seal: SealSettings = .file(path: nil)) {
        self.data = data
        self.seal = seal
    }

    /// - Throws: `.unsupported` for a store that this version does not have.
    package init(_ settings: SettingsReader) async throws(SettingsError) {
        data = try await settings.text("data") ?? "./strongroom-data"
        seal = try await SealSettings(settings)
        guard !data.isEmpty else { throw .invalid("data", expected: "the path of a directory") }
        switch try await settings.text("store") ?? "sqlite" {
        case "sqlite": break
        case let store where store.hasPrefix("postgres://") || store.hasPrefix("postgresql://"):
            throw .unsupported("This version stores its records in SQLite; PostgreSQL is not supported.")
        default: throw .invalid("store", expected: "sqlite")
        }
    }
}
