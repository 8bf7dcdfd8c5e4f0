extension PolicyDocument {
    /// Whether a statement allows everybody something, without a condition that narrows down who or from where.
    ///
    /// Errs on the side of caution: a condition counts only with a positive operator and without a value of
    /// wildcards alone. Source: Amazon S3 User Guide, "The meaning of 'public'", whose rules the other services'
    /// `BlockPublicPolicy` shares.
    package var allowsEveryone: Bool {
        statements.contains { statement in
            guard statement.effect == .allow, let principals = statement.principals else { return false }
            guard principals.isNegated || principals.entries.contains(where: { $0.pattern == .everyone })
            else { return false }
            return !statement.conditions.contains(where: \.narrowsCallers)
        }
    }
}

extension ConditionClause {
    fileprivate var narrowsCallers: Bool {
        guard !conditionOperator.kind.isNegated, conditionOperator.kind != .null,
            !conditionOperator.ifExists, conditionOperator.quantifier != .forAllValues
        else { return false }
        let isKnown =
            switch key.global {
            case .principalARN, .principalAccount, .principalOrganizationID, .sourceAccount, .sourceARN,
                .sourceIP, .sourceVPC, .sourceVPCEndpoint, .userID, .vpcSourceIP:
                true
            default: key.name == "kms:calleraccount" || key.name == "kms:viaservice"
            }
        return isKnown
            && writtenValues.allSatisfy { value in
                value.contains { $0 != "*" && $0 != "?" } && value != "0.0.0.0/0" && value != "::/0"
            }
    }
}
