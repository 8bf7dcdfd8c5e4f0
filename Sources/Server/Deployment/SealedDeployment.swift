package import Cryptography
package import Storage
import Trail

import struct Foundation.Date

/// A deployment whose keyring has not been opened: its records can be moved, not read.
package struct SealedDeployment: Sendable {
    package let directory: DataDirectory
    /// Keeps what it is given as it is.
    package let store: any RecordStore
    /// What the operator should know about how it was opened.
    package let notes: [String]

    package var keyring: KeyringRecord { KeyringRecord(in: store) }

    /// Opens the store of a deployment; where there is none it is made, or refused when not `creating`.
    ///
    /// A keyring that an earlier release left in a file becomes a record.
    package static func open(
        _ settings: StoreSettings,
        creating: Bool
    ) async throws(DeploymentError) -> SealedDeployment {
        let directory = DataDirectory(settings.data)
        if creating {
            try directory.make()
        } else if case .sqlite = settings.location {
            guard directory.hasStore || DataDirectory.isThere(directory.keyringFile) else {
                throw .missing(directory)
            }
        }
        let store = try await openStore(settings, directory, creating: creating)
        do throws(DeploymentError) {
            try await BaseStore.requireComplete(store)
            let note = try await EarlierKeyring(directory).adopt(into: KeyringRecord(in: store))
            return SealedDeployment(directory: directory, store: store, notes: note.map { [$0] } ?? [])
        } catch {
            await store.close()
            throw error
        }
    }

    private static func openStore(
        _ settings: StoreSettings,
        _ directory: DataDirectory,
        creating: Bool
    ) async throws(DeploymentError) -> any RecordStore {
        do throws(StorageError) {
            return try await StoreEngine.open(settings, in: directory, creating: creating)
        } catch {
            throw .store(error)
        }
    }

    /// The sealed keyring.
    ///
    /// - Throws: `.keyringMissing` when records are there without it, `.missing` for an empty store.
    package func storedKeyring() async throws(DeploymentError) -> KeyringRecord.Stored {
        guard let stored = try await foundKeyring() else { throw .missing(directory) }
        return stored
    }

    /// The sealed keyring; nil in an empty store.
    private func foundKeyring() async throws(DeploymentError) -> KeyringRecord.Stored? {
        if let stored = try await read() { return stored }
        if try await isEmpty() { return nil }
        // Another node may have made it since it was looked for.
        if let stored = try await read() { return stored }
        // Records without their keyring mean that it was lost, and a new one would hide the loss.
        throw .keyringMissing
    }

    /// Opens the keyring; where there is none in an empty store it is made, when `creating`.
    func unsealed(
        with settings: SealSettings,
        creating: Bool,
        now: Date,
        observer: StoreObserver? = nil
    ) async throws(DeploymentError) -> Deployment {
        let seal: any Seal
        let stored: KeyringRecord.Stored
        if let found = try await foundKeyring() {
            seal = try open(settings, making: false)
            stored = found
        } else {
            guard creating else { throw .missing(directory) }
            try requireNoTrail()
            seal = try open(settings, making: true)
            stored = try await create(with: seal, now: now)
        }
        let keyring: RootKeyring
        do throws(KeyringError) {
            keyring = try await stored.open(with: seal)
        } catch {
            throw .keyring(error)
        }
        let shared = SharedKeyring(keyring, version: stored.version, record: self.keyring, seal: seal)
        return Deployment(
            directory: directory,
            keyrings: shared,
            store: SealedStore(store, observer: observer, keyring: shared),
            seal: settings.description(in: directory, sealed: stored.sealed),
            notes: notes
        )
    }

    /// Makes the seal ready; with `making` its key may be made too.
    package func open(_ settings: SealSettings, making: Bool) throws(DeploymentError) -> any Seal {
        do throws(SealError) {
            return try settings.seal(in: directory, making: making)
        } catch {
            throw .seal(error)
        }
    }

    private func create(
        with seal: any Seal,
        now: Date
    ) async throws(DeploymentError) -> KeyringRecord.Stored {
        let sealed: SealedKeyring
        do throws(SealError) {
            sealed = try await SealedKeyring(.generate(now: now), sealedBy: seal)
        } catch {
            throw .seal(error)
        }
        do throws(KeyringError) {
            try await keyring.create(sealed)
        } catch .superseded {
            // Another node started for the first time too, and its keyring counts.
        } catch {
            throw .keyring(error)
        }
        guard let stored = try await read() else { throw .keyringMissing }
        return stored
    }

    private func read() async throws(DeploymentError) -> KeyringRecord.Stored? {
        do throws(KeyringError) {
            return try await keyring.read()
        } catch {
            throw .keyring(error)
        }
    }

    /// Whether the store never had a record.
    private func isEmpty() async throws(DeploymentError) -> Bool {
        do throws(StorageError) {
            return try await store.latestChange() == 0
        } catch {
            throw .store(error)
        }
    }

    /// Refuses an empty store beside a trail with events: it was lost, and a new keyring would hide that.
    private func requireNoTrail() throws(DeploymentError) {
        guard DataDirectory.isThere(directory.trail) else { return }
        let first: TrailEntry?
        do throws(TrailError) {
            first = try TrailReader(directory: directory.trail).events().next()
        } catch {
            throw .trail(error)
        }
        guard first == nil else { throw .storeLost(directory) }
    }
}
