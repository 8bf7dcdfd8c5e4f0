/// What a policy is attached to, which decides the elements it may have and how it counts.
package enum PolicyKind: String, CaseIterable, Hashable, Sendable {
    /// A KMS key policy: without it nobody may use the key.
    case key
    /// A bucket policy, a secret's policy and the like.
    case resource
    /// A policy of a user, a group or a role.
    case identity
    /// Who may assume a role.
    case trust
    /// A policy given when a session was made.
    case session
    /// The most that a user or role may ever do.
    case boundary

    /// Whether statements name principals, and must.
    package var namesPrincipals: Bool {
        switch self {
        case .key, .resource, .trust: true
        case .identity, .session, .boundary: false
        }
    }

    /// Longest text read, in UTF-8 bytes; services have smaller quotas of their own for the other kinds.
    ///
    /// Source: KMS Developer Guide, "Resource quotas" (key policy document size). For the other kinds it only
    /// bounds memory.
    package var textBytesMax: Int {
        switch self {
        case .key: 32_768
        case .resource, .identity, .trust, .session, .boundary: 131_072
        }
    }

    /// The words of AWS's access denied messages for a missing allow: "because no … allows the … action".
    ///
    /// Source: IAM User Guide, "Troubleshoot access denied error messages".
    var missingPhrase: String {
        switch self {
        case .key, .resource: "resource-based policy"
        case .identity: "identity-based policy"
        case .trust: "role trust policy"
        case .session: "session policy"
        case .boundary: "permissions boundary"
        }
    }

    /// The words of AWS's access denied messages for a Deny: "with an explicit deny in …".
    var explicitPhrase: String {
        switch self {
        case .key, .resource: "a resource-based policy"
        case .identity: "an identity-based policy"
        case .trust: "the role trust policy"
        case .session: "a session policy"
        case .boundary: "a permissions boundary"
        }
    }
}
