import Cryptography
package import KES
package import KeyStores
import Storage

package import struct Foundation.Date

/// Deployments' stores as key stores, for whoever is not their server: `kes server`, `kes migrate`.
///
/// A deployment is opened once, however often it is asked for, as by a server that reads its configuration anew.
package actor DeploymentKeys {
    private struct Use {
        let deployment: Deployment
        var count: Int
    }

    private var uses: [SealedStoreSettings.Deployment: Use] = [:]

    package init() {}

    /// Opens the store that a configuration names; where there is none it is made, or refused when not `creating`.
    package func open(
        _ settings: SealedStoreSettings,
        creating: Bool,
        now: Date
    ) async throws(KeyStoreError) -> OpenKeyStore {
        guard case .deployment(let place) = settings else {
            throw .unavailable(reason: "there is no server here whose own store this could be")
        }
        let deployment: Deployment
        if let use = uses[place] {
            deployment = use.deployment
        } else {
            deployment = try await Self.open(place, creating: creating, now: now)
        }
        uses[place] = Use(deployment: deployment, count: (uses[place]?.count ?? 0) + 1)
        let store = SealedKeyStore(deployment.store, summary: Self.summary(place)) { onChange, onFailure in
            await DeploymentFeed(deployment).follow(onChange, onFailure)
        }
        return OpenKeyStore(store) { await self.leave(place) }
    }

    private func leave(_ place: SealedStoreSettings.Deployment) async {
        guard var use = uses[place] else { return }
        use.count -= 1
        uses[place] = use.count > 0 ? use : nil
        if use.count == 0 { await use.deployment.store.close() }
    }

    /// What a server says of keys in its own store.
    static func summary(_ path: String) -> String { "Strongroom: \(path)" }

    /// An address of a database may hold a password.
    private static func summary(_ place: SealedStoreSettings.Deployment) -> String {
        let isFile = place.settings["store"].map { $0 == "sqlite" } ?? true
        return summary(isFile ? place.settings["data"] ?? "" : "PostgreSQL")
    }

    private static func open(
        _ place: SealedStoreSettings.Deployment,
        creating: Bool,
        now: Date
    ) async throws(KeyStoreError) -> Deployment {
        let settings: StoreSettings
        do throws(SettingsError) {
            // What the file does not say has its default: variables are for 'strongroom'.
            settings = try await StoreSettings(
                SettingsReader(flags: place.settings, environment: [:], configFile: nil)
            )
        } catch {
            throw .unavailable(reason: "keystore.strongroom: \(error)")
        }
        do throws(DeploymentError) {
            return try await Deployment.open(settings, creating: creating, now: now)
        } catch {
            throw .unavailable(reason: "\(error)")
        }
    }
}

/// Follows what others change in a deployment, for a process that is not its server.
private struct DeploymentFeed {
    private let deployment: Deployment

    init(_ deployment: Deployment) { self.deployment = deployment }

    /// Hands changes on until it is cancelled; a change of the root keyring is taken in too.
    func follow(
        _ onChange: @escaping @Sendable (RecordKey?) -> Void,
        _ onFailure: @escaping @Sendable (KeyStoreError) -> Void
    ) async {
        var follower: ChangeFollower?
        var isFailing = false
        while !Task.isCancelled {
            do throws(KeyStoreError) {
                let following: ChangeFollower
                if let follower { following = follower } else { following = try await begin(onChange) }
                follower = following
                try await take(following)
                isFailing = false
                await following.awaitChange(upTo: ChangeFollower.interval)
            } catch {
                if !isFailing { onFailure(error) }
                isFailing = true
                // Cancelled, the loop ends; the pause has nothing to say.
                _ = try? await Task.sleep(for: ChangeFollower.interval)
            }
        }
    }

    private func begin(
        _ onChange: @escaping @Sendable (RecordKey?) -> Void
    ) async throws(KeyStoreError) -> ChangeFollower {
        let keyrings = deployment.keyrings
        do throws(StorageError) {
            let follower = try await ChangeFollower(store: deployment.store) { key in
                if key == KeyringRecord.key { keyrings.noteChange() }
                onChange(key)
            } onGap: {
                keyrings.noteChange()
                onChange(nil)
            }
            // What was read before it heard of changes may be old.
            keyrings.noteChange()
            onChange(nil)
            return follower
        } catch {
            throw .of(error)
        }
    }

    private func take(_ follower: ChangeFollower) async throws(KeyStoreError) {
        do throws(StorageError) {
            try await follower.follow()
        } catch .changesTrimmed {
            // All has been forgotten, and the next call goes on.
        } catch {
            throw .of(error)
        }
        do throws(KeyringUnavailable) {
            _ = try await deployment.keyrings.refreshIfStale()
        } catch {
            throw .unavailable(reason: "the root keyring was changed and cannot be read: \(error.reason)")
        }
    }
}
