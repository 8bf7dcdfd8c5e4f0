package import AWSProtocol

package import struct Foundation.Date

/// An account: the owner of keys, users and policies, and the border that authorization crosses only when
/// both sides allow.
package struct Account: Hashable, Sendable, Codable {
    package let id: AccountID
    /// What administrators call it; not unique.
    package var name: String?
    package let createdAt: Date

    package init(id: AccountID, name: String?, createdAt: Date) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
    }

    /// The ARN of its root user, which policies also use for the account as a whole.
    package var rootARN: String { "arn:aws:iam::\(id):root" }
}

extension AccountID {
    /// A number for a new account; it never begins with zero, which spreadsheets and shells drop.
    package static func random() -> AccountID {
        let number = Int.random(in: 100_000_000_000...999_999_999_999)
        guard let id = AccountID(String(number)) else {
            preconditionFailure("a number of twelve digits is an account id")
        }
        return id
    }
}

/// What a deployment remembers of its first start.
struct DeploymentRecord: Hashable, Sendable, Codable {
    /// The account whose root credentials were written beside the data.
    let account: AccountID
    let createdAt: Date
}
