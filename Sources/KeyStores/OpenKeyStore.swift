import Cryptography
package import KES

package import struct Foundation.Date

/// A key store that is ready for use, and what must be closed after it.
package struct OpenKeyStore: Sendable {
    package let store: any KeyStore
    private let http: HTTPClientExchange?

    /// Opens what a configuration names; `environment` is where credentials may come from.
    package static func open(
        _ settings: KeyStoreSettings,
        environment: [String: String],
        now: @escaping @Sendable () -> Date
    ) async throws(KeyStoreError) -> OpenKeyStore {
        switch settings {
        case .memory: return OpenKeyStore(store: MemoryKeyStore(), http: nil)
        case .files(let path):
            do throws(FileFailure) {
                return OpenKeyStore(store: try FileKeyStore(path: path), http: nil)
            } catch {
                throw .unavailable(reason: "\(error)")
            }
        case .secretsManager(let manager):
            let http = HTTPClientExchange()
            let credentials: any CredentialsSource =
                manager.credentials ?? DefaultCredentials(environment: environment, http: http, now: now)
            let store = SecretsManagerKeyStore(
                manager,
                http: http,
                credentials: credentials,
                now: now,
                pause: pause
            )
            return OpenKeyStore(store: store, http: http)
        case .vault(let vault):
            let http = try HTTPClientExchange(vault.tls)
            let start = ContinuousClock.now
            let store = VaultKeyStore(
                vault,
                http: http,
                elapsed: { ContinuousClock.now - start },
                pause: pause
            )
            return OpenKeyStore(store: store, http: http)
        }
    }

    /// Ends at once when the task is cancelled; the store notices before its next attempt.
    private static func pause(_ duration: Duration) async { _ = try? await Task.sleep(for: duration) }

    package func close() async throws(KeyStoreError) {
        do {
            try await http?.shutdown()
        } catch {
            throw .unavailable(reason: "its connections cannot be closed: \(error)")
        }
    }
}
