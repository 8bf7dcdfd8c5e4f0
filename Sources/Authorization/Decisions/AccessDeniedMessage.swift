extension Decision {
    /// The text of AWS's AccessDeniedException.
    ///
    /// - Parameters:
    ///   - caller: who asked.
    ///   - action: service prefix and operation.
    ///   - resource: the resource's ARN, or `*`.
    /// - Returns: the message; nil when the request is allowed.
    package func accessDeniedMessage(caller: Caller, action: String, resource: String) -> String? {
        guard case .denied(let reason) = self else { return nil }
        return "User: \(caller.arn) is not authorized to perform: \(action) on resource: \(resource) "
            + reason.clause(action: action)
    }
}

extension DenyReason {
    /// The part of the message that says which side is missing or refuses.
    ///
    /// Source: IAM User Guide, "Troubleshoot access denied error messages".
    fileprivate func clause(action: String) -> String {
        switch self {
        case .explicitDeny(let statement): "with an explicit deny in \(statement.kind.explicitPhrase)"
        case .noAllow(let kind): "because no \(kind.missingPhrase) allows the \(action) action"
        case .notCrossAccount: "because no \(PolicyKind.resource.missingPhrase) allows the \(action) action"
        case .malformedRequest: "because no \(PolicyKind.identity.missingPhrase) allows the \(action) action"
        }
    }
}
