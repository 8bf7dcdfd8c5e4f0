package import Cryptography
package import Storage

package import struct Foundation.Date

/// Changes the keyring of a deployment beside the servers that use it.
///
/// Each change is one commit that names the version it read: a crash leaves the old keyring or the new one,
/// and a change that another overtook begins anew.
package struct SealAdministration: Sendable {
    private let deployment: SealedDeployment
    private let seal: any Seal

    /// Works with the seal that is in use.
    package init(_ deployment: SealedDeployment, seal: any Seal) {
        self.deployment = deployment
        self.seal = seal
    }

    private static let attemptsMax = 8

    /// Adds a root key, which becomes the current one.
    package func rotate(now: Date) async throws(DeploymentError) -> RootKeyring {
        try await change { stored, keyring throws(KeyringError) in
            guard let rotated = keyring.rotated(now: now) else { throw .full }
            try await replace(stored, with: rotated, sealedBy: seal)
            return rotated
        }
    }

    /// Seals the same keyring by another seal, which is shown to open it before the old one goes.
    package func migrate(to other: any Seal) async throws(DeploymentError) {
        try await change { stored, keyring throws(KeyringError) in
            try await replace(stored, with: keyring, sealedBy: other)
        }
    }

    /// Opens the keyring with the seal that is in use.
    package func openKeyring() async throws(DeploymentError) -> RootKeyring {
        try await change { _, keyring in keyring }
    }

    /// The records of the deployment, opened.
    private func records() async throws(DeploymentError) -> SealedStore {
        SealedStore(deployment.store, keyring: try await openKeyring())
    }

    /// Counts the records, and those under another root key than the current one; reads them all.
    package func countRecords() async throws(DeploymentError) -> SealedStore.ResealingProgress {
        let store = try await records()
        return try await overKinds { kind throws(StorageError) in try await store.countOutdated(kind) }
    }

    /// Passes over the records so often at most; servers that had not taken in the rotation during one may
    /// have written under the old root key behind it.
    private static let passesMax = 10

    /// Seals all records under the current root key.
    ///
    /// - Returns: How many it sealed anew.
    package func reseal(
        pause: Duration = .seconds(1),
        clock: some Clock<Duration> = .continuous
    ) async throws(DeploymentError) -> Int {
        let store = try await records()
        var resealed = 0
        for _ in 0..<Self.passesMax {
            let pass = try await overKinds { kind throws(StorageError) in try await store.reseal(kind) }
            resealed += pass.outdated
            if pass.outdated == 0 { return resealed }
            do {
                try await clock.sleep(for: pause)
            } catch {
                throw .service("The records were not all sealed anew: run it again.")
            }
        }
        throw .service(
            "Others keep writing under an old root key: restart the servers that do, and run it again."
        )
    }

    private func overKinds(
        _ body: (RecordKind) async throws(StorageError) -> SealedStore.ResealingProgress
    ) async throws(DeploymentError) -> SealedStore.ResealingProgress {
        var total = SealedStore.ResealingProgress()
        do throws(StorageError) {
            for kind in SealedKinds.all { total += try await body(kind) }
        } catch {
            throw .store(error)
        }
        return total
    }

    private func change<Value>(
        _ body: (KeyringRecord.Stored, RootKeyring) async throws(KeyringError) -> Value
    ) async throws(DeploymentError) -> Value {
        var attempt = 1
        while true {
            let stored = try await deployment.storedKeyring()
            do throws(KeyringError) {
                return try await body(stored, try await stored.open(with: seal))
            } catch .superseded where attempt < Self.attemptsMax {
                attempt += 1
            } catch {
                throw .keyring(error)
            }
        }
    }

    private func replace(
        _ stored: KeyringRecord.Stored,
        with keyring: RootKeyring,
        sealedBy seal: any Seal
    ) async throws(KeyringError) {
        let sealed: SealedKeyring
        do throws(SealError) {
            // Making it opens it again.
            sealed = try await SealedKeyring(keyring, sealedBy: seal)
        } catch {
            throw .sealed(.seal(error))
        }
        try await deployment.keyring.replace(stored, with: sealed)
    }
}
