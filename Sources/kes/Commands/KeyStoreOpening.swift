import Doors
import Foundation
import KES
import KESServer
import KeyStores
import Server

/// Opens the key stores that configurations name.
enum KeyStoreOpening {
    private static let deployments = DeploymentKeys()

    /// A store for a server, which closes it when another takes its place.
    static func hold(_ settings: KeyStoreSettings) async throws -> HeldKeyStore {
        let opened = try await open(settings, creating: true)
        return HeldKeyStore(store: opened.store) { try await opened.close() }
    }

    /// Gives a store to `body`, and closes it behind it.
    static func with<Result>(
        _ settings: KeyStoreSettings,
        creating: Bool,
        _ body: (any KeyStore) async throws -> Result
    ) async throws -> Result {
        let opened = try await open(settings, creating: creating)
        do {
            let result = try await body(opened.store)
            try await opened.close()
            return result
        } catch {
            try await opened.close()
            throw error
        }
    }

    private static func open(
        _ settings: KeyStoreSettings,
        creating: Bool
    ) async throws -> OpenKeyStore {
        try await OpenKeyStore.open(
            settings,
            environment: ProcessInfo.processInfo.environment,
            now: { SystemTime.now() }
        ) { sealed throws(KeyStoreError) in
            try await deployments.open(sealed, creating: creating, now: SystemTime.now())
        }
    }
}
