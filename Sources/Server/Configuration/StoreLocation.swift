package import Storage

/// Where a store of records lies, whatever its engine.
package enum StoreLocation: Sendable {
    /// A SQLite file.
    case sqlite(file: String)
    /// A database.
    case postgreSQL(PostgreSQLAddress)

    /// The store of a deployment.
    package init(_ settings: StoreSettings) {
        switch settings.location {
        case .sqlite: self = .sqlite(file: DataDirectory(settings.data).storeFile)
        case .postgresql(let address): self = .postgreSQL(address)
        }
    }

    /// A store by its address: `postgres://…`, `sqlite:PATH`, or the path of a SQLite file or of the data
    /// directory that holds one.
    ///
    /// A path that does not exist yet is a file's. Nil for a text without a path, and for other schemes.
    package init?(address: String) {
        if address.hasPrefix("postgres://") || address.hasPrefix("postgresql://") {
            guard let address = PostgreSQLAddress(address) else { return nil }
            self = .postgreSQL(address)
            return
        }
        let path = address.hasPrefix("sqlite:") ? String(address.dropFirst("sqlite:".count)) : address
        guard !path.isEmpty, !path.contains("://") else { return nil }
        let directory = DataDirectory(path)
        self = .sqlite(file: directory.isDirectory ? directory.storeFile : path)
    }

    /// The engine's name, as `--store` has it.
    package var engine: String {
        switch self {
        case .sqlite: "sqlite"
        case .postgreSQL: "postgres"
        }
    }
}

extension StoreLocation: CustomStringConvertible {
    /// Never the address of a database: it may hold a password.
    package var description: String {
        switch self {
        case .sqlite(let file): file
        case .postgreSQL(let address): address.description
        }
    }
}
