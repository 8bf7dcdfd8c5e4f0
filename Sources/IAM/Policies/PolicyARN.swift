package import AWSProtocol

/// The ARN of a managed policy, of an account's own or of AWS's.
package struct PolicyARN: WireText {
    package let description: String
    /// Nil for a policy of AWS.
    package let account: AccountID?
    /// Begins and ends with a slash.
    package let path: String
    package let name: PolicyName

    /// The ARN of a policy that an account makes.
    package init(account: AccountID, path: String, name: PolicyName) {
        self.account = account
        self.path = path
        self.name = name
        description = "arn:aws:iam::\(account):policy\(path)\(name)"
    }

    /// Nil unless the text is the ARN of a managed policy.
    package init?(_ text: String) {
        guard let arn = ARN(text), arn.service == "iam", arn.region == nil, arn.owner != .nobody,
            arn.resource.hasPrefix("policy/"), let slash = arn.resource.lastIndex(of: "/"),
            let name = PolicyName(String(arn.resource[arn.resource.index(after: slash)...]))
        else { return nil }
        account = arn.account
        path = String(arn.resource[...slash].dropFirst("policy".count))
        self.name = name
        description = text
    }

    /// What index records of this policy are keyed by: its owner and its name, unique among the owner's.
    var indexText: String { "\(account?.description ?? "aws")/\(name.folded)" }
}
