package import Cryptography
package import IAM
package import Storage
package import Trail

/// Why a deployment's data cannot be opened; each is one sentence for the operator, and the process ends.
package enum DeploymentError: Error {
    case missing(DataDirectory)
    /// Records are there and the keyring that reads them is not.
    case keyringMissing
    /// The trail has events and the store no accounts.
    case storeLost(DataDirectory)
    /// A restore or a migration, which the text names, did not finish.
    case incompleteStore(String)
    case file(String)
    case keyring(KeyringError)
    case seal(SealError)
    case store(StorageError)
    case trail(TrailError)
    case identities(IAMError)
    case service(String)
}

extension DeploymentError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let directory):
            "There is no deployment at \(directory.path); the first start of 'strongroom serve' makes one."
        case .keyringMissing:
            "The store has records but not \(KeyringRecord.key), the sealed root keyring; "
                + "without it no record can be read. Restore the store from a backup."
        case .storeLost(let directory):
            "The store is empty although the audit trail \(directory.trail) has events: the store was lost. "
                + "Restore it from a backup."
        case .incompleteStore(let reason):
            "The store holds only a part of its records: 'strongroom \(reason)' did not finish. Run it again."
        case .file(let sentence), .service(let sentence): sentence
        case .keyring(let error): "The keyring cannot be opened: \(error)"
        case .seal(let error): "The seal cannot be opened: \(error)"
        case .store(let error): "The store cannot be opened: \(error)"
        case .trail(let error): "The audit trail cannot be opened: \(error)"
        case .identities(let error): "\(error)"
        }
    }
}
