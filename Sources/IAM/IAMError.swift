package import AWSProtocol
package import Authorization
package import Storage

/// Every way in which keeping or finding identities can fail.
package enum IAMError: Error {
    case noSuchAccount(AccountID)
    case accountExists(AccountID)
    case noSuchUser(AccountID, UserName)
    case noSuchAccessKey(AccessKeyID)
    case tooManyAccessKeys(max: Int)
    case invalidPolicy(PolicyName, PolicyError)
    /// Another account is the deployment's first one.
    case otherDefaultAccount(AccountID)
    /// What was to be kept outside of the store before the commit could not be.
    case publishing(reason: String)
    /// What was given as the keys of an identity provider is no key set.
    case invalidKeySet(WebIdentityError)
    case storage(StorageError)
    case cryptography
}

extension IAMError: CustomStringConvertible {
    /// A sentence for an administrator; it never holds a secret.
    package var description: String {
        switch self {
        case .noSuchAccount(let account): "There is no account \(account)."
        case .accountExists(let account): "There is already an account \(account)."
        case .noSuchUser(let account, let name): "Account \(account) has no user \(name)."
        case .noSuchAccessKey(let id): "There is no access key \(id)."
        case .tooManyAccessKeys(let max): "An owner can have \(max) access keys; delete one first."
        case .invalidPolicy(let name, let error): "The policy \(name) is not valid: \(error)"
        case .otherDefaultAccount(let account):
            "The first account of this deployment is \(account); "
                + "make further accounts with 'strongroom account create'."
        case .publishing(let reason): reason
        case .invalidKeySet(.invalidKeySet(let reason)): reason
        case .invalidKeySet: "The key set cannot be read."
        case .storage(let error): "The store failed: \(error)"
        case .cryptography: "An access key's secret could not be wrapped or unwrapped."
        }
    }
}
