package import Storage

/// The store below the seal: what a deployment's settings say it is.
package enum StoreEngine {
    /// Opens the store in which sealed values lie; a database without one gets one, or is refused when not
    /// `creating`.
    package static func open(
        _ settings: StoreSettings,
        in directory: DataDirectory,
        creating: Bool
    ) async throws(StorageError) -> any SnapshottingStore {
        switch settings.location {
        case .sqlite:
            return try SQLiteStore(path: directory.storeFile)
        case .postgresql(let address):
            var options = PostgreSQLStore.Options()
            options.connectionsMax = settings.connectionsMax
            return try await PostgreSQLStore.open(address, options: options, creating: creating)
        }
    }
}
