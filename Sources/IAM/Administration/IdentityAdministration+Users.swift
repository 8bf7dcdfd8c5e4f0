package import AWSProtocol
import Authorization
import Storage

package import struct Foundation.Date

extension IdentityAdministration {
    /// A user of an account; nil when there is none of that name.
    package func user(_ name: UserName, of account: AccountID) async throws(IAMError) -> User? {
        try await read(User.self, User.recordKey(account, name))
    }

    /// The user of that name, made when missing, with the given inline policies set; others it has stay.
    ///
    /// - Throws: `.noSuchAccount`; `.invalidPolicy` for the first text that is no identity policy.
    @discardableResult
    package func ensureUser(
        _ name: UserName,
        of account: AccountID,
        settingPolicies policies: [(PolicyName, String)] = [],
        at now: Date
    ) async throws(IAMError) -> User {
        try await requireAccount(account)
        for (name, text) in policies { try check(text, named: name) }
        var attempt = 1
        while true {
            let known = try await versioned(User.self, User.recordKey(account, name))
            var user = known?.value ?? User(account: account, name: name, createdAt: now)
            for (name, text) in policies { user.inlinePolicies[name.description] = text }
            if user == known?.value { return user }
            do throws(IAMError) {
                try await commit(try writes(of: user, replacing: known?.version))
                return user
            } catch .storage(.conflict) where attempt < Self.attemptsMax {
                attempt += 1
            }
        }
    }

    private func writes(of user: User, replacing version: Int64?) throws(IAMError) -> [Write] {
        let key = User.recordKey(user.account, user.name)
        guard let version else {
            return [
                try put(user, key, expecting: .absent),
                try put(EntityPlace(user), user.id.recordKey, expecting: .absent),
            ]
        }
        return [try put(user, key, expecting: .version(version))]
    }

    private func check(_ text: String, named name: PolicyName) throws(IAMError) {
        do throws(PolicyError) {
            _ = try PolicyDocument(parsing: text, as: .identity)
        } catch {
            throw .invalidPolicy(name, error)
        }
    }
}
