import AWSProtocol
import Cryptography
import Doors
import Foundation
import KES

/// Opens the key stores that configurations name.
enum KeyStoreOpening {
    static func open(_ settings: KeyStoreSettings) async throws -> any KeyStore {
        switch settings {
        case .memory: MemoryKeyStore()
        case .files(let path): try files(path)
        case .secretsManager(let settings): secretsManager(settings)
        }
    }

    private static func files(_ path: String) throws -> FileKeyStore {
        do {
            return try FileKeyStore(path: path)
        } catch {
            throw CommandFailure("keystore.fs.path: \(error)")
        }
    }

    private static func secretsManager(_ settings: SecretsManagerSettings) -> SecretsManagerKeyStore {
        let http = OutboundHTTP()
        let credentials: any CredentialsSource =
            if let fixed = settings.credentials {
                fixed
            } else {
                DefaultCredentials(
                    environment: ProcessInfo.processInfo.environment,
                    http: http,
                    now: { SystemTime.now() }
                )
            }
        return SecretsManagerKeyStore(
            settings,
            http: http,
            credentials: credentials,
            now: { SystemTime.now() },
            pause: { pause in
                // It throws only when it is cancelled; then the attempt that follows fails by itself.
                try? await Task.sleep(for: pause)
            }
        )
    }
}
