package import Storage
import Trail

/// The move of a deployment's records from one store to another.
package enum StoreMigration {
    /// Copies all records into an empty store.
    ///
    /// No server of this machine can have the source open meanwhile. A server elsewhere, on the same PostgreSQL,
    /// shows by what it writes.
    package static func run(
        from source: StoreLocation,
        to target: StoreLocation
    ) async throws(MigrationError) -> RecordTally {
        let lock = try lock(source)
        defer { withExtendedLifetime(lock) {} }
        let (from, to) = try await open(source, target)
        do throws(CopyError) {
            let tally = try await StoreCopy.migrate(from: from, to: to)
            await from.close()
            await to.close()
            return tally
        } catch {
            await from.close()
            await to.close()
            throw .copy(error)
        }
    }

    /// The right to write the trail beside a SQLite file, which a server has as long as it runs.
    private static func lock(_ location: StoreLocation) throws(MigrationError) -> DirectoryLock? {
        guard case .sqlite(let file) = location else { return nil }
        let trail = DataDirectory(BaseStore.directory(of: file)).trail
        guard DataDirectory.isThere(trail) else { return nil }
        do throws(TrailError) {
            return try DirectoryLock(directory: trail)
        } catch {
            if case .directoryInUse = error { throw .sourceIsServed }
            throw .deployment(.trail(error))
        }
    }

    private static func open(
        _ source: StoreLocation,
        _ target: StoreLocation
    ) async throws(MigrationError) -> (any SnapshottingStore, any SnapshottingStore) {
        do throws(DeploymentError) {
            let from = try await BaseStore.open(source, creating: false)
            do throws(DeploymentError) {
                return (from, try await BaseStore.open(target, creating: true))
            } catch {
                await from.close()
                throw error
            }
        } catch {
            throw .deployment(error)
        }
    }
}

/// Why a migration was not done.
package enum MigrationError: Error {
    /// A server runs on the source.
    case sourceIsServed
    case deployment(DeploymentError)
    case copy(CopyError)
}
