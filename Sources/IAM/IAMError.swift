package import AWSProtocol
package import Authorization
package import Operations
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

    // What a request names is not there, or is there already.
    case noSuchEntity(EntityLocator)
    case noSuchPolicy(String)
    case notAttachable(String)
    case notAttached(String)
    /// A policy of an entity, a member of a group, or another part of something that is there.
    case noSuchPart(String)
    case entityExists(EntityLocator)

    // The request is refused for what it says, or for what is there.
    case validation(String)
    case invalidInput(String)
    case malformedPolicy(String)
    case deleteConflict(String)
    case limitExceeded(String)
    case unmodifiable(String)
    /// A refusal that no policy decided, in the form of a denial.
    case denied(String)

    /// What was read changed before it could be used: it is to be read again.
    case superseded
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
        case .superseded: "An identity changed while it was read, again and again."
        default: wire.message ?? wire.code
        }
    }
}

// MARK: Wire

extension IAMError: OperationFailure {
    package var isSuperseded: Bool {
        if case .superseded = self { true } else { false }
    }

    package var absentResource: ProtectedResource? {
        switch self {
        case .noSuchEntity(let locator):
            ProtectedResource(
                arn: locator.arn(),
                account: locator.account,
                type: locator.type.resourceType
            )
        case .noSuchUser(let account, let name):
            IAMError.noSuchEntity(EntityLocator(.user, account, name.description)).absentResource
        case .noSuchPolicy(let text):
            PolicyARN(text).flatMap { arn in
                arn.account.map {
                    ProtectedResource(arn: text, account: $0, type: EntityType.policy.resourceType)
                }
            }
        default: nil
        }
    }

    /// The codes, texts and statuses of AWS IAM.
    ///
    /// Source: botocore's model of iam; texts as the service gives them.
    package var wire: WireError {
        switch self {
        case .noSuchEntity(let locator):
            WireError(code: "NoSuchEntity", message: locator.absence, httpStatus: 404)
        case .noSuchUser(let account, let name):
            IAMError.noSuchEntity(EntityLocator(.user, account, name.description)).wire
        case .noSuchAccessKey(let id):
            WireError(
                code: "NoSuchEntity",
                message: "The Access Key with id \(id) cannot be found.",
                httpStatus: 404
            )
        case .noSuchPolicy(let arn):
            WireError(code: "NoSuchEntity", message: "Policy \(arn) was not found.", httpStatus: 404)
        case .notAttachable(let arn):
            WireError(
                code: "NoSuchEntity",
                message: "Policy \(arn) does not exist or is not attachable.",
                httpStatus: 404
            )
        case .notAttached(let text), .noSuchPart(let text):
            WireError(code: "NoSuchEntity", message: text, httpStatus: 404)
        case .entityExists(let locator):
            WireError(code: "EntityAlreadyExists", message: locator.presence, httpStatus: 409)
        case .validation(let text): WireError(code: "ValidationError", message: text, httpStatus: 400)
        case .invalidInput(let text): WireError(code: "InvalidInput", message: text, httpStatus: 400)
        case .malformedPolicy(let text):
            WireError(code: "MalformedPolicyDocument", message: text, httpStatus: 400)
        case .invalidPolicy(_, let error): IAMError.malformedPolicy(error.description).wire
        case .deleteConflict(let text): WireError(code: "DeleteConflict", message: text, httpStatus: 409)
        case .limitExceeded(let text): WireError(code: "LimitExceeded", message: text, httpStatus: 409)
        case .tooManyAccessKeys(let max):
            IAMError.limitExceeded("Cannot exceed quota for AccessKeysPerUser: \(max)").wire
        case .unmodifiable(let text):
            WireError(code: "UnmodifiableEntity", message: text, httpStatus: 400)
        case .denied(let text): WireError(code: "AccessDenied", message: text, httpStatus: 403)
        case .superseded:
            WireError(
                code: "ConcurrentModification",
                message: "The request was rejected because multiple requests to change this object were "
                    + "submitted simultaneously. Wait a few minutes and submit your request again.",
                httpStatus: 409
            )
        case .noSuchAccount, .accountExists, .otherDefaultAccount, .publishing, .invalidKeySet, .storage,
            .cryptography:
            WireError(
                code: "ServiceFailure",
                message: "The request processing has failed because of an unknown error, exception or "
                    + "failure.",
                httpStatus: 500
            )
        }
    }
}

extension EntityLocator {
    /// AWS's sentence for an entity that is not there.
    fileprivate var absence: String {
        switch type {
        case .user: "The user with name \(name) cannot be found."
        case .group: "The group with name \(name) cannot be found."
        case .role: "The role with name \(name) cannot be found."
        case .policy: "Policy \(arn()) was not found."
        case .instanceProfile: "Instance Profile \(name) cannot be found."
        }
    }

    /// AWS's sentence for an entity that is there already.
    fileprivate var presence: String {
        switch type {
        case .user: "User with name \(name) already exists."
        case .group: "Group with name \(name) already exists."
        case .role: "Role with name \(name) already exists."
        case .policy: "A policy called \(name) already exists. Duplicate names are not allowed."
        case .instanceProfile: "Instance Profile \(name) already exists."
        }
    }
}
