extension Authorizer {
    /// Whether the caller could still change the key policy once this one is in force.
    ///
    /// The safety check of CreateKey, PutKeyPolicy and ReplicateKey. Source: KMS API Reference, "PutKeyPolicy",
    /// BypassPolicyLockoutSafetyCheck.
    ///
    /// - Parameters:
    ///   - policy: the key policy about to be stored.
    ///   - caller: who stores it.
    ///   - key: the key's ARN.
    ///   - account: the key's account.
    ///   - context: the condition keys of the present request.
    /// - Returns: false when storing the policy would lock the caller out.
    package static func allowsFutureUpdate(
        _ policy: PolicyDocument,
        by caller: Caller,
        key: String,
        account: String,
        context: any ConditionContext
    ) -> Bool {
        decide(
            AuthorizationRequest(
                caller: caller,
                action: "kms:PutKeyPolicy",
                resource: key,
                resourceAccount: account,
                resourcePolicy: policy,
                delegation: .required,
                allowsCrossAccount: false,
                context: context
            )
        ).isAllowed
    }
}
