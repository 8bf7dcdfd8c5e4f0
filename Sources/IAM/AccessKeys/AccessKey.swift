package import AWSProtocol

package import struct Foundation.Date

/// An access key as it is stored: everything but the secret can be read without the keyring.
package struct AccessKey: Hashable, Sendable, Codable {
    /// Whose key it is.
    package enum Owner: Hashable, Sendable, Codable {
        case root(AccountID)
        case user(AccountID, UserName)

        package var account: AccountID {
            switch self {
            case .root(let account), .user(let account, _): account
            }
        }
    }

    /// Whether requests signed with the key are accepted.
    package enum Status: String, Hashable, Sendable, Codable {
        case active = "Active"
        case inactive = "Inactive"
    }

    package let id: AccessKeyID
    package var owner: Owner
    package var status: Status
    package let createdAt: Date
    /// The unique id of the user that owns it: a later user of the same name does not.
    ///
    /// Nil for root users, and in records of an earlier version, when no user could be deleted.
    package let ownerID: PrincipalID?
    /// The secret, wrapped under the keyring and bound to the id.
    let wrappedSecret: [UInt8]

    /// Keys an owner may have at a time (IAM User Guide, "IAM and AWS STS quotas").
    package static let perOwnerMax = 2
}

/// When and for what an access key was last used.
package struct AccessKeyUse: Hashable, Sendable, Codable {
    package let date: Date
    package let service: String
    package let region: String
}
