package import Cryptography
import Synchronization

/// Keys in this process's memory, gone when it ends: for tests and for `--dev`.
package final class MemoryKeyStore: KeyStore {
    private let values = Mutex<[KeyName: SharedSecret]>([:])

    package init() {}

    package var summary: String { "In Memory" }

    package func create(_ name: KeyName, _ value: SharedSecret) async throws(KeyStoreError) {
        let isNew = values.withLock { values in
            guard values[name] == nil else { return false }
            values[name] = value
            return true
        }
        guard isNew else { throw .exists }
    }

    package func value(_ name: KeyName) async throws(KeyStoreError) -> SharedSecret {
        guard let value = values.withLock({ $0[name] }) else { throw .missing }
        return value
    }

    package func delete(_ name: KeyName) async throws(KeyStoreError) {
        guard values.withLock({ $0.removeValue(forKey: name) }) != nil else { throw .missing }
    }

    package func list(
        prefix: String,
        continuing token: String?
    ) async throws(KeyStoreError) -> KeyStorePage {
        KeyStorePage(names: values.withLock { $0.keys.filter { $0.text.hasPrefix(prefix) } })
    }

    package func latency() async throws(KeyStoreError) -> Duration { .zero }
}
