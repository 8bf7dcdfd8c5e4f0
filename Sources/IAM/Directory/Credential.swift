package import AWSProtocol
package import Authorization
import Storage

/// What an access key resolves to: the secret that checks signatures and the caller it stands for.
///
/// Immutable, and shared by all requests signed with the key until something it was made from changes.
package final class Credential: Resident {
    package let id: AccessKeyID
    package let secret: SecretAccessKey
    package let caller: Caller
    package let account: AccountID
    /// Whether it is a session's; asked for at every request.
    package let isTemporary: Bool
    let sources: Set<RecordKey>

    init(
        id: AccessKeyID,
        secret: SecretAccessKey,
        caller: Caller,
        account: AccountID,
        sources: Set<RecordKey>
    ) {
        self.id = id
        self.secret = secret
        self.caller = caller
        self.account = account
        isTemporary = id.isTemporary
        self.sources = sources
    }
}
