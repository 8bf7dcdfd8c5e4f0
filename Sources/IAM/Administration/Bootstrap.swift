package import AWSProtocol
import Storage

package import struct Foundation.Date

/// The first start of a deployment: an account and its root access key.
package enum Bootstrap {
    /// What a start found or made.
    package struct Outcome: Sendable {
        package let account: AccountID
        /// Set on the first start alone.
        package let issued: IssuedAccessKey?
    }

    /// Makes the first account and its root access key unless an earlier start did.
    ///
    /// The key is published before it is committed: a start that ends between the two leaves a deployment
    /// without an account, and the next one publishes another key over it. Once the account is there, so is
    /// the publication. Any account will do where none is wanted; `publish` puts the key, and its secret,
    /// where it outlives the process.
    ///
    /// Of several nodes that start for the first time at the same moment one makes the account. The others take
    /// what is there then, as a later start does, and `withdraw` what they published: a key that does not exist.
    ///
    /// - Throws: `.otherDefaultAccount` when the deployment began with another account than the one wanted.
    package static func run(
        _ administration: IdentityAdministration,
        account wanted: AccountID?,
        at now: Date,
        publish: (IssuedAccessKey) throws(IAMError) -> Void,
        withdraw: (IssuedAccessKey) throws(IAMError) -> Void
    ) async throws(IAMError) -> Outcome {
        if let known = try await known(administration, wanted: wanted) { return known }
        let account = Account(id: wanted ?? .random(), name: nil, createdAt: now)
        let issued = IssuedAccessKey.random(for: .root(account.id))
        let deployment = DeploymentRecord(account: account.id, createdAt: now)
        let writes =
            [
                try administration.put(deployment, .deployment, expecting: .absent),
                try administration.put(account, account.id.recordKey, expecting: .absent),
            ] + (try administration.writes(of: issued, at: now))
        try publish(issued)
        do throws(IAMError) {
            try await administration.commit(writes)
        } catch .storage(.conflict(let record)) {
            try withdraw(issued)
            guard let known = try await known(administration, wanted: wanted) else {
                throw .storage(.conflict(record))
            }
            return known
        }
        return Outcome(account: account.id, issued: issued)
    }

    private static func known(
        _ administration: IdentityAdministration,
        wanted: AccountID?
    ) async throws(IAMError) -> Outcome? {
        guard let account = try await administration.defaultAccount() else { return nil }
        guard wanted == nil || wanted == account else { throw .otherDefaultAccount(account) }
        return Outcome(account: account, issued: nil)
    }
}
