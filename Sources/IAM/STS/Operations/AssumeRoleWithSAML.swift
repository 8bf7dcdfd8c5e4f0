package import Operations

/// Gives temporary credentials of a role to the bearer of a SAML assertion; this deployment takes none.
///
/// Source: STS API Reference, AssumeRoleWithSAML.
package enum AssumeRoleWithSAML: RefusedOperation {
    package static let name = "AssumeRoleWithSAML"
    package static let acceptsUnsigned = true
    package static let errors = [
        "MalformedPolicyDocument", "PackedPolicyTooLarge", "IDPRejectedClaim", "InvalidIdentityToken",
        "ExpiredTokenException", "RegionDisabledException",
    ]
    package static let refusal = STSError.unsupported(
        "SAML identity providers are not supported by this deployment; use AssumeRoleWithWebIdentity."
    )
}

// MARK: Wire

extension AssumeRoleWithSAML {
    package static let input: [Member] = [
        .required("RoleArn", .stsARN),
        .required("PrincipalArn", .stsARN),
        .required("SAMLAssertion", .string(length: 4...100_000, isSensitive: true)),
        .optional("PolicyArns", .sessionPolicyARNs),
        .optional("Policy", .sessionPolicy),
        .optional("DurationSeconds", .roleSeconds),
    ]
}
