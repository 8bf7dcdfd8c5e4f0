package import Cryptography
package import IAM
package import Storage
package import Trail

package import struct Foundation.Date

/// The opened data of a deployment: what the server and every command that looks into it start from.
package struct Deployment: Sendable {
    package let directory: DataDirectory
    package let keyring: RootKeyring
    /// Seals what it is given.
    package let store: any RecordStore
    package let seal: SealDescription

    package var administration: IdentityAdministration {
        IdentityAdministration(store: store, keyring: keyring)
    }

    /// Signs the trail's digests; the oldest root key's, so that root rotation does not change the signer.
    package func trailSigner() throws(DeploymentError) -> TrailSigner {
        do throws(TrailError) {
            return try TrailSigner(key: keyring.lastingKey(for: .trailSigning))
        } catch {
            throw .trail(error)
        }
    }

    /// Opens a deployment; where there is none it is made, or refused when not `creating`.
    package static func open(
        _ settings: StoreSettings,
        creating: Bool,
        now: Date,
        observer: StoreObserver? = nil
    ) async throws(DeploymentError) -> Deployment {
        let directory = DataDirectory(settings.data)
        if creating {
            try directory.make()
        } else {
            guard KeyringFile(directory: directory.path).exists else { throw .missing(directory) }
        }
        let sealKeyFile = settings.sealKeyFile ?? directory.sealKeyFile
        let keyring = try await openKeyring(directory, sealKeyFile: sealKeyFile, creating: creating, now: now)
        return Deployment(
            directory: directory,
            keyring: keyring,
            store: try await openStore(settings, directory, keyring, creating: creating, observer),
            seal: SealDescription(
                kind: FileSeal.kind,
                keyFile: sealKeyFile,
                isBesideData: settings.sealKeyFile == nil
            )
        )
    }

    private static func openKeyring(
        _ directory: DataDirectory,
        sealKeyFile: String,
        creating: Bool,
        now: Date
    ) async throws(DeploymentError) -> RootKeyring {
        let file = KeyringFile(directory: directory.path)
        if !file.exists {
            // Records without their keyring mean that it was lost, and a new one would hide the loss.
            guard !directory.hasStore else { throw .keyringMissing(directory) }
            guard creating else { throw .missing(directory) }
            let seal = try makeSeal(sealKeyFile)
            do throws(KeyringFileError) {
                try await file.create(.generate(now: now), with: seal)
            } catch {
                throw .keyring(error)
            }
        }
        let seal = try openSeal(sealKeyFile)
        do throws(KeyringFileError) {
            return try await file.load(with: seal)
        } catch {
            throw .keyring(error)
        }
    }

    /// A new seal key, or the one that an interrupted first start or the operator left.
    private static func makeSeal(_ path: String) throws(DeploymentError) -> FileSeal {
        do throws(SealError) {
            return DataDirectory.isThere(path)
                ? try FileSeal(keyFile: path) : try FileSeal.create(keyFile: path)
        } catch {
            throw .seal(error)
        }
    }

    private static func openSeal(_ path: String) throws(DeploymentError) -> FileSeal {
        do throws(SealError) {
            return try FileSeal(keyFile: path)
        } catch {
            throw .seal(error)
        }
    }

    private static func openStore(
        _ settings: StoreSettings,
        _ directory: DataDirectory,
        _ keyring: RootKeyring,
        creating: Bool,
        _ observer: StoreObserver?
    ) async throws(DeploymentError) -> any RecordStore {
        let base: any RecordStore
        do throws(StorageError) {
            base = try await StoreEngine.open(settings, in: directory, creating: creating)
        } catch {
            throw .store(error)
        }
        try await BaseStore.requireComplete(base)
        return SealedStore(base, observer: observer, keyring: { keyring })
    }
}

/// What keeps the root keyring, for the log and for `strongroom seal status`.
package struct SealDescription: Hashable, Sendable {
    package let kind: String
    package let keyFile: String
    /// Whoever copies the data directory then has the key too.
    package let isBesideData: Bool
}
