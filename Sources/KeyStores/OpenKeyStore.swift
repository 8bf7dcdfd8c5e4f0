import Cryptography
package import KES

package import struct Foundation.Date

/// A key store that is ready for use, and what must be closed after it.
package struct OpenKeyStore: Sendable {
    package let store: any KeyStore
    private let closing: (@Sendable () async throws -> Void)?

    package init(_ store: any KeyStore, closing: (@Sendable () async throws -> Void)? = nil) {
        self.store = store
        self.closing = closing
    }

    private init(_ store: any KeyStore, over http: HTTPClientExchange) {
        self.init(store) { try await http.shutdown() }
    }

    /// Opens what a configuration names; `environment` is where credentials may come from.
    ///
    /// `sealed` opens Strongroom's own stores, which whoever calls knows how to.
    package static func open(
        _ settings: KeyStoreSettings,
        environment: [String: String],
        now: @escaping @Sendable () -> Date,
        sealed: (SealedStoreSettings) async throws(KeyStoreError) -> OpenKeyStore
    ) async throws(KeyStoreError) -> OpenKeyStore {
        switch settings {
        case .sealed(let settings): return try await sealed(settings)
        case .memory: return OpenKeyStore(MemoryKeyStore())
        case .files(let path):
            do throws(FileFailure) {
                return OpenKeyStore(try FileKeyStore(path: path))
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
            return OpenKeyStore(store, over: http)
        case .vault(let vault):
            let http = try HTTPClientExchange(vault.tls)
            let start = ContinuousClock.now
            let store = VaultKeyStore(
                vault,
                http: http,
                elapsed: { ContinuousClock.now - start },
                pause: pause
            )
            return OpenKeyStore(store, over: http)
        }
    }

    /// Ends at once when the task is cancelled; the store notices before its next attempt.
    private static func pause(_ duration: Duration) async { _ = try? await Task.sleep(for: duration) }

    package func close() async throws(KeyStoreError) {
        do {
            try await closing?()
        } catch {
            throw .unavailable(reason: "it cannot be closed: \(error)")
        }
    }
}
