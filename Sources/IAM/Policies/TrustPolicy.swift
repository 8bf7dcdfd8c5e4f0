import Authorization

/// Who may assume a role: the text as it was given, and who its principals were at that time.
package struct TrustPolicy: Hashable, Sendable, Codable {
    package let text: String
    /// The unique ids of the users and roles the policy names, by ARN, so that a principal deleted and made
    /// again under the same name is not the one the policy means (IAM User Guide, "Principal").
    package let principalIDs: [String: String]

    package init(text: String, principalIDs: [String: String]) {
        self.text = text
        self.principalIDs = principalIDs
    }

    /// Characters, white space not counted (IAM User Guide, "IAM and AWS STS quotas").
    package static let charactersMax = 2_048

    func compiled() throws(PolicyError) -> PolicyDocument {
        try PolicyDocument(parsing: text, as: .trust).resolvingPrincipals { principalIDs[$0] }
    }
}
