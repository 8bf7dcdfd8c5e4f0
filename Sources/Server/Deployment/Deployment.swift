package import Cryptography
package import IAM
package import Storage
package import Trail

package import struct Foundation.Date

/// The opened data of a deployment: what the server and every command that looks into it start from.
package struct Deployment: Sendable {
    package let directory: DataDirectory
    /// The root keyring, renewed when another node changes it.
    package let keyrings: SharedKeyring
    /// The root keyring as it is now.
    package var keyring: RootKeyring { keyrings.current }
    /// Seals what it is given.
    package let store: any RecordStore
    package let seal: SealDescription
    /// What the operator should know about how it was opened.
    package let notes: [String]

    package var administration: IdentityAdministration {
        IdentityAdministration(store: store, keyring: keyrings)
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
        let sealed = try await SealedDeployment.open(settings, creating: creating)
        do throws(DeploymentError) {
            return try await sealed.unsealed(
                with: settings.seal,
                creating: creating,
                now: now,
                observer: observer
            )
        } catch {
            await sealed.store.close()
            throw error
        }
    }
}
