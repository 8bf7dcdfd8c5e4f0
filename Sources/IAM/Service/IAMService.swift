package import AWSProtocol
import Authorization
package import Cryptography
package import Operations
package import Storage

/// AWS Identity and Access Management over a store: what all its operations share.
///
/// Operations find entities through it, change them through it, and nothing else; each operation's own rules
/// stand in its own file.
package final class IAMService: OperationService {
    package static let eventSource = "iam.amazonaws.com"
    package static let dialect = Dialect.query(.iam)

    let store: any RecordStore
    /// Told at once of what is changed here, so that the next request sees it.
    let directory: IdentityDirectory
    let keyringSource: any KeyringSource

    /// The root keyring as it is now: take it once for what belongs together.
    var keyring: RootKeyring { keyringSource.current }

    /// A service over a store that seals what it is given; `directory` resolves what is kept there.
    package init(store: any RecordStore, keyring: any KeyringSource, directory: IdentityDirectory) {
        self.store = store
        keyringSource = keyring
        self.directory = directory
    }

    package func resident(_ reference: IAMReference, for call: Call) throws(IAMError) -> IAMResource? { nil }

    package func load(_ reference: IAMReference, for call: Call) async throws(IAMError) -> IAMResource {
        switch reference {
        case .entity(let locator): return try await resource(locator)
        case .policy(let text):
            guard let arn = PolicyARN(text) else { throw .invalidInput("ARN \(text) is not valid.") }
            guard let kept = try await directory.managedPolicy(arn) else { throw .noSuchPolicy(text) }
            return .policy(kept)
        case .caller:
            let account = try call.account()
            if call.caller.type == .root { return .root(account) }
            guard call.caller.type == .user, let name = call.caller.username else {
                throw .validation("Must specify userName when calling with non-User credentials")
            }
            return try await resource(EntityLocator(.user, account, name))
        case .accessKey(let text): return try await accessKey(text, for: call)
        }
    }

    private func resource(_ locator: EntityLocator) async throws(IAMError) -> IAMResource {
        switch locator.type {
        case .user: .user(try await entity(locator))
        case .group: .group(try await entity(locator))
        case .role: .role(try await entity(locator))
        case .instanceProfile: .instanceProfile(try await entity(locator))
        case .policy: throw .noSuchEntity(locator)
        }
    }

    /// An entity by its name.
    ///
    /// - Throws: `.noSuchEntity` when there is none.
    func entity<Subject: Entity>(
        _ locator: EntityLocator,
        as type: Subject.Type = Subject.self
    ) async throws(IAMError) -> Kept<Subject> {
        guard let (value, version) = try await directory.versioned(type, locator.recordKey) else {
            throw .noSuchEntity(locator)
        }
        return Kept(value, version: version)
    }

    /// The entity with a unique id, if it still is the one of its name; nil when it is gone or of another type.
    func entity<Subject: Entity>(
        _ id: PrincipalID,
        as type: Subject.Type = Subject.self
    ) async throws(IAMError) -> Kept<Subject>? {
        guard let place = try await directory.read(EntityPlace.self, id.recordKey),
            place.locator.type == Subject.type,
            let (value, version) = try await directory.versioned(type, place.locator.recordKey),
            value.id == id
        else { return nil }
        return Kept(value, version: version)
    }
}

/// How a request of IAM names something.
package enum IAMReference: Hashable, Sendable {
    case entity(EntityLocator)
    /// A managed policy by its ARN, as the caller wrote it.
    case policy(String)
    /// The user who asks, or the root user.
    case caller
    /// An access key by its id, as the caller wrote it.
    case accessKey(String)
}

/// What a request of IAM refers to, as it was read.
package enum IAMResource: Sendable {
    case user(Kept<User>)
    case group(Kept<Group>)
    case role(Kept<Role>)
    case instanceProfile(Kept<InstanceProfile>)
    case policy(Kept<ManagedPolicy>)
    case root(AccountID)
    /// An access key with its owner; nil for a root user.
    case accessKey(AccessKey, User?)
}

extension Call {
    /// The caller's account.
    ///
    /// - Throws: `.denied` for a caller that belongs to none.
    func account() throws(IAMError) -> AccountID {
        guard let account = caller.account.flatMap({ AccountID($0) }) else {
            throw .denied("The caller belongs to no account.")
        }
        return account
    }
}
