package import Authorization

/// Accounts that exist, each with the same users.
package struct TestPrincipals: PrincipalDirectory {
    private let accounts: [String]
    private let users: [String]

    package init(accounts: [String], users: [String]) {
        self.accounts = accounts
        self.users = users
    }

    package static func uniqueID(of user: String) -> String {
        "AIDA" + user.uppercased() + "0000000000000000"
    }

    package func status(of principal: PrincipalPattern) async -> PrincipalStatus {
        switch principal {
        case .everyone, .service: return .exists(uniqueID: nil)
        case .account(let id): return accounts.contains(id) ? .exists(uniqueID: nil) : .absent
        case .arn(let arn):
            for account in accounts {
                for user in users where arn == "arn:aws:iam::\(account):user/\(user)" {
                    return .exists(uniqueID: Self.uniqueID(of: user))
                }
            }
            return .absent
        default: return .absent
        }
    }
}

extension Caller {
    /// A user with identity policies.
    package static func testUser(_ name: String, account: String, _ policies: [String]) throws -> Caller {
        Caller(
            type: .user,
            arn: "arn:aws:iam::\(account):user/\(name)",
            account: account,
            uniqueID: TestPrincipals.uniqueID(of: name),
            username: name,
            identityPolicies: try policies.map { try PolicyDocument(parsing: $0, as: .identity) }
        )
    }
}
