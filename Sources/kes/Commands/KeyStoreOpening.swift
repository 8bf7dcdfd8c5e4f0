import KES

/// Opens the key stores that configurations name.
enum KeyStoreOpening {
    static func open(_ settings: KeyStoreSettings) async throws -> any KeyStore {
        switch settings {
        case .memory: MemoryKeyStore()
        case .files: MemoryKeyStore()
        case .secretsManager: throw CommandFailure("keystore.aws.secretsmanager is not offered")
        }
    }
}
