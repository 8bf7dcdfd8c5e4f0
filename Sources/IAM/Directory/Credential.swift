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
    let sources: Set<RecordKey>
    /// Nil for long-term keys.
    let session: CredentialSession?

    init(
        id: AccessKeyID,
        secret: SecretAccessKey,
        caller: Caller,
        account: AccountID,
        sources: Set<RecordKey>,
        session: CredentialSession? = nil
    ) {
        self.id = id
        self.secret = secret
        self.caller = caller
        self.account = account
        self.sources = sources
        self.session = session
    }
}
