/// A permission on one key given to one principal, apart from any policy.
///
/// A grant is in force as soon as it is stored; a grant token adds nothing here.
/// Source: KMS Developer Guide, "Grants in AWS KMS".
package struct Grant: Hashable, Sendable {
    package let id: String
    package let grantee: PrincipalPattern
    /// The unique id the grantee had when the grant was made, so that a later namesake has no part in it.
    package let granteeID: String?
    /// Operation names without `kms:`, such as `Decrypt` and `ReEncryptFrom`.
    package let operations: Set<String>
    package let constraint: GrantConstraint?

    package init(
        id: String,
        grantee: PrincipalPattern,
        granteeID: String? = nil,
        operations: Set<String>,
        constraint: GrantConstraint? = nil
    ) {
        self.id = id
        self.grantee = grantee
        self.granteeID = granteeID
        self.operations = operations
        self.constraint = constraint
    }

    /// Operations that carry an encryption context; only these are constrained.
    static let constrainedOperations: Set<String> = [
        "Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext",
    ]

    /// How closely the grant names the caller; `.none` when it does not permit the request.
    func match(_ evaluation: Evaluation) -> PrincipalMatch {
        let match = grantee.match(evaluation.caller, uniqueID: granteeID)
        guard match != .none, let operation = Self.operation(evaluation.action),
            operations.contains(operation)
        else { return .none }
        guard let constraint, Self.constrainedOperations.contains(operation) else { return match }
        return constraint.isFulfilled(by: evaluation.context.encryptionContext ?? [:]) ? match : .none
    }

    private static func operation(_ action: String) -> String? {
        let prefix = "kms:"
        return action.hasPrefix(prefix) ? String(action.dropFirst(prefix.utf8.count)) : nil
    }
}

/// What the encryption context of a request must be for a grant to permit it.
///
/// Keys are compared without case, values with it. Source: KMS API Reference, "GrantConstraints".
package enum GrantConstraint: Hashable, Sendable {
    /// The context is these pairs and no others.
    case equals([String: String])
    /// The context has these pairs, and may have others.
    case subset([String: String])

    package func isFulfilled(by context: [String: String]) -> Bool {
        switch self {
        case .equals(let pairs):
            context.count == pairs.count && Self.contains(context, pairs) && Self.contains(pairs, context)
        case .subset(let pairs): Self.contains(context, pairs)
        }
    }

    private static func contains(_ context: [String: String], _ pairs: [String: String]) -> Bool {
        pairs.allSatisfy { pair in
            if let index = context.index(forKey: pair.key), sameBytes(context[index].key, pair.key) {
                return sameBytes(context[index].value, pair.value)
            }
            return context.contains {
                sameIgnoringCase($0.key, pair.key) && sameBytes($0.value, pair.value)
            }
        }
    }
}
