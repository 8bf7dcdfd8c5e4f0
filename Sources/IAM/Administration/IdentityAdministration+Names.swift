package import AWSProtocol
import Storage

extension IdentityAdministration {
    /// The names of an account's users, in order.
    package func userNames(of account: AccountID) async throws(IAMError) -> [UserName] {
        try await all(.user, prefix: "\(account)/").compactMap { record in
            UserName(String(record.key.key.dropFirst("\(account)/".count)))
        }
    }

    /// The names of an account's roles, in order.
    package func roleNames(of account: AccountID) async throws(IAMError) -> [RoleName] {
        try await all(.role, prefix: "\(account)/").compactMap { record in
            RoleName(String(record.key.key.dropFirst("\(account)/".count)))
        }
    }
}
