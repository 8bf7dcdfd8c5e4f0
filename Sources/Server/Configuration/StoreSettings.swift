package import Storage

/// Where a deployment's data lies: the settings that every command takes.
package struct StoreSettings: Sendable {
    /// Where the records are.
    package enum Location: Sendable {
        /// A file in the data directory.
        case sqlite
        case postgresql(PostgreSQLAddress)

        /// The engine's name, as metrics show it.
        var engine: String {
            switch self {
            case .sqlite: "sqlite"
            case .postgresql: "postgresql"
            }
        }
    }

    /// The data directory.
    package var data: String
    package var seal: SealSettings
    package var location = Location.sqlite
    /// The most connections to a database server.
    package var connectionsMax = PostgreSQLStore.Options().connectionsMax
    /// How long a server goes on with what it has in memory when it cannot reach the store.
    package var outageMax = Duration.seconds(300)

    package init(data: String, seal: SealSettings = .file(path: nil)) {
        self.data = data
        self.seal = seal
    }

    /// - Throws: `.invalid` for values that are not understood; an address of a database is never repeated,
    ///   since it may hold a password.
    package init(_ settings: SettingsReader) async throws(SettingsError) {
        data = try await settings.text("data") ?? "./strongroom-data"
        seal = try await SealSettings(settings)
        guard !data.isEmpty else { throw .invalid("data", expected: "the path of a directory") }
        location =
            try await settings.value("store", expected: "sqlite, or postgres://USER@HOST/DATABASE") { text in
                if text == "sqlite" { return .sqlite }
                return PostgreSQLAddress(text).map { .postgresql($0) }
            } ?? .sqlite
        let connections = try await settings.value("store-connections-max", expected: "a number from 3 on") {
            Int($0).flatMap { (3...1000).contains($0) ? $0 : nil }
        }
        if let connections { connectionsMax = connections }
        let outage = try await settings.value("store-outage-max", expected: "seconds, from 1 to 604800") {
            Int($0).flatMap { (1...604_800).contains($0) ? $0 : nil }
        }
        if let outage { outageMax = .seconds(outage) }
    }
}
