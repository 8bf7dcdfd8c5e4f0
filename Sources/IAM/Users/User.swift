package import AWSProtocol
import Authorization

package import struct Foundation.Date

/// An IAM user with all that decides what it may do.
package struct User: Hashable, Sendable, Codable {
    package let account: AccountID
    package let name: UserName
    /// Begins and ends with a slash; `/` alone by default.
    package let path: String
    /// `AIDA…`: two users of one name at different times differ in it, and policies are bound to it.
    package let id: PrincipalID
    package let createdAt: Date
    /// Policies that belong to this user alone, as text, by their names.
    package var inlinePolicies: [String: String] = [:]
    /// The text of the policy that bounds what the user's policies can allow; nil for none.
    package var permissionsBoundary: String?
    package var tags: [String: String] = [:]

    package init(
        account: AccountID,
        name: UserName,
        path: String = "/",
        id: PrincipalID = .user(),
        createdAt: Date
    ) {
        self.account = account
        self.name = name
        self.path = path
        self.id = id
        self.createdAt = createdAt
    }

    package var arn: String { "arn:aws:iam::\(account):user\(path)\(name)" }

    /// The user as authorization sees it.
    ///
    /// - Throws: When a stored policy cannot be read: then nothing is known of what the user must not do, and
    ///   it may do nothing.
    func caller() throws(PolicyError) -> Caller {
        var policies: [PolicyDocument] = []
        for (name, text) in inlinePolicies.sorted(by: { $0.key < $1.key }) {
            policies.append(try PolicyDocument(parsing: text, as: .identity, named: name))
        }
        var boundary: PolicyDocument?
        if let text = permissionsBoundary { boundary = try PolicyDocument(parsing: text, as: .boundary) }
        return Caller(
            type: .user,
            arn: arn,
            account: account.description,
            uniqueID: id.description,
            username: name.description,
            tags: tags,
            identityPolicies: policies,
            boundary: boundary
        )
    }
}
