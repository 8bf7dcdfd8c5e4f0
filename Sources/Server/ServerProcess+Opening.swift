import IAM
import KeyStores
import NIOCore
import NIOPosix
import Storage
import Trail

import struct Foundation.Date

// What a process does before it listens: each step refuses what it cannot take, with a sentence for the operator.

extension ServerProcess {
    /// So many event loops write to the trail without waiting for each other; more share their lanes.
    private static let lanesOfEventLoopsMax = 16

    /// Gives each event loop a lane of the trail, and as many to all other threads; answers how many lanes that makes.
    static func assignLanes() -> Int {
        var eventLoops = 0
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            loop.execute { [eventLoops] in TrailLane.claim(forEventLoop: eventLoops) }
            eventLoops += 1
        }
        return 2 * min(eventLoops, lanesOfEventLoopsMax)
    }

    static func openTrail(
        _ deployment: Deployment,
        _ settings: ServeSettings,
        _ now: @escaping @Sendable () -> Date
    ) throws(DeploymentError) -> TrailWriter {
        let signer = try deployment.trailSigner()
        do throws(TrailError) {
            return try TrailWriter(
                directory: deployment.directory.trail,
                lanes: assignLanes(),
                signer: signer,
                durability: settings.auditDurability,
                now: now
            )
        } catch {
            throw .trail(error)
        }
    }

    /// Refuses a store without accounts beside a trail with events: it was lost or cut off, and a new one
    /// would hide that.
    static func requireStoreOfTrail(_ deployment: Deployment) async throws(DeploymentError) {
        let hasAccount: Bool
        do throws(IAMError) {
            hasAccount = try await deployment.administration.defaultAccount() != nil
        } catch {
            throw .identities(error)
        }
        guard !hasAccount else { return }
        // A store of 'kes server' alone has no account, and a trail once its root key was rotated. What cuts a store
        // off takes the last records first, and accounts come before all others where a server made it.
        guard try await !hasKeysOfKES(deployment) else { return }
        let first: TrailEntry?
        do throws(TrailError) {
            first = try TrailReader(directory: deployment.directory.trail).events().next()
        } catch {
            throw .trail(error)
        }
        guard first == nil else { throw .storeLost(deployment.directory) }
    }

    private static func hasKeysOfKES(_ deployment: Deployment) async throws(DeploymentError) -> Bool {
        do throws(StorageError) {
            let kind = SealedKeyStore.kind
            return try await !deployment.store.scan(kind, prefix: "", after: nil, limit: 1).isEmpty
        } catch {
            throw .store(error)
        }
    }

    static func bootstrap(
        _ deployment: Deployment,
        _ settings: ServeSettings,
        at now: Date
    ) async throws(DeploymentError) -> IssuedAccessKey? {
        let path = deployment.directory.credentialsFile
        do throws(IAMError) {
            return try await Bootstrap.run(
                deployment.administration,
                account: settings.account,
                at: now
            ) { key throws(IAMError) in
                try CredentialsFile.write(key, region: settings.regions[0], to: path)
            } withdraw: { _ throws(IAMError) in
                try CredentialsFile.remove(at: path)
            }.issued
        } catch {
            throw .identities(error)
        }
    }
}
