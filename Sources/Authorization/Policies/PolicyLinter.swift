/// Finds statements that say more than their authors meant.
package enum PolicyLinter {
    /// A finding in AWS's words.
    package struct Finding: Hashable, Sendable {
        package let code: String
        package let message: String
        package let statement: StatementReference
    }

    /// Looks at every Allow for `ForAllValues` on a key that has one value at most.
    ///
    /// Such a condition is true for a request that does not have the key at all. Source: KMS Developer Guide,
    /// "kms:EncryptionContext:context-key".
    package static func findings(in policy: PolicyDocument) -> [Finding] {
        policy.statements.filter { $0.effect == .allow }.flatMap { statement in
            statement.conditions.compactMap { clause in
                guard clause.conditionOperator.quantifier == .forAllValues, let subject = subject(clause.key)
                else { return nil }
                return Finding(
                    code: "OverlyPermissiveCondition",
                    message: "Using the ForAllValues set operator with a single-valued condition key matches "
                        + "requests without the specified \(subject) or with an unspecified \(subject). "
                        + "To fix, remove ForAllValues.",
                    statement: policy.reference(to: statement)
                )
            }
        }
    }

    private static func subject(_ key: ConditionKey) -> String? {
        if key.name == "kms:encryptioncontext", key.suffix != nil { return "encryption context" }
        return key.global == .requestTag ? "tag" : nil
    }
}

extension PolicyLinter.Finding: CustomStringConvertible {
    package var description: String { "\(code): \(message)" }
}
