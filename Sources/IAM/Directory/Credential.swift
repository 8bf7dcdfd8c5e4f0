package import AWSProtocol
package import Authorization
import Storage

/// What an access key resolves to: the secret that checks signatures and the caller it stands for.
///
/// Immutable, and shared by all requests signed with the key until something it was made from changes.
package final class Credential: Sendable {
    package let id: AccessKeyID
    package let secret: SecretAccessKey
    package let caller: Caller

    /// The record of the user behind the caller; nil for root users.
    let user: UserLocator?
    let account: AccountID

    init(
        id: AccessKeyID,
        secret: SecretAccessKey,
        caller: Caller,
        account: AccountID,
        user: UserLocator?
    ) {
        self.id = id
        self.secret = secret
        self.caller = caller
        self.account = account
        self.user = user
    }
}

/// Where a user's record lies.
struct UserLocator: Hashable, Sendable {
    let recordPath: String

    init(_ account: AccountID, _ name: UserName) {
        recordPath = User.recordKey(account, name).key
    }

    init(recordPath: String) {
        self.recordPath = recordPath
    }
}
