import Cryptography
import Logging
import Storage
import Synchronization

/// Takes in what others did to the keyring, and tells the operator: nobody else would know of it here.
final class KeyringFollower: Sendable {
    private let keyrings: SharedKeyring
    private let logger: Logger
    /// What was told last, so that each thing is told once.
    private let told: Mutex<Told>

    private struct Told {
        /// The version of the keyring's record.
        var version: Int64
        var failure: KeyringUnavailable?
    }

    init(_ keyrings: SharedKeyring, logger: Logger) {
        self.keyrings = keyrings
        self.logger = logger
        told = Mutex(Told(version: keyrings.version))
    }

    func follow() async {
        do throws(KeyringUnavailable) {
            _ = try await keyrings.refreshIfStale()
            // A request that met the new root key first may have renewed the keyring already.
            let version = keyrings.version
            let isNew = told.withLock { told in
                defer { told = Told(version: version) }
                return told.version != version
            }
            guard isNew else { return }
            let keyring = keyrings.current
            logger.notice(
                "the root keyring was changed and has been read anew",
                metadata: [
                    "record": "\(KeyringRecord.key)", "current": "\(keyring.currentVersion)",
                    "versions": "\(keyring.versions.count)",
                ]
            )
        } catch {
            let isNew = told.withLock { told in
                defer { told.failure = error }
                return told.failure != error
            }
            guard isNew else { return }
            logger.error(
                "the root keyring was changed and cannot be read: the one in memory stays in use",
                metadata: ["error": "\(error.reason)"]
            )
        }
    }
}
