package import Storage

/// Opens stores below the seal, for what copies records as they lie: backup, restore and migration.
package enum BaseStore {
    /// Opens a store; where there is none it is made, or refused when not `creating`.
    package static func open(
        _ location: StoreLocation,
        creating: Bool
    ) async throws(DeploymentError) -> any SnapshottingStore {
        switch location {
        case .sqlite(let file):
            if creating {
                try DataDirectory(directory(of: file)).make()
            } else {
                guard DataDirectory.isThere(file) else { throw .file("There is no store at \(file).") }
            }
            do throws(StorageError) { return try SQLiteStore(path: file) } catch { throw .store(error) }
        case .postgreSQL(let address):
            do throws(StorageError) {
                return try await PostgreSQLStore.open(address, creating: creating)
            } catch {
                throw .store(error)
            }
        }
    }

    /// Refuses a store that a restore or a migration left half filled; comes before any other look into it.
    package static func requireComplete(_ store: any RecordStore) async throws(DeploymentError) {
        let reason: String?
        do throws(StorageError) {
            reason = try await IncompleteStore.reason(of: store)
        } catch {
            throw .store(error)
        }
        if let reason { throw .incompleteStore(reason) }
    }

    static func directory(of file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }
}
