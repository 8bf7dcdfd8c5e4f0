package import Operations

/// Gives temporary credentials of a member account's root user; this deployment has no organization.
///
/// Source: STS API Reference, AssumeRoot.
package enum AssumeRoot: RefusedOperation {
    package static let name = "AssumeRoot"
    package static let errors = ["RegionDisabledException", "ExpiredTokenException"]
    package static let refusal = STSError.denied(
        "Centralized root access is not supported by this deployment."
    )
}

// MARK: Wire

extension AssumeRoot {
    package static let input: [Member] = [
        .required("TargetPrincipal", .string(length: 12...2048)),
        .required("TaskPolicyArn", .structure([.optional("arn", .stsARN)])),
        .optional("DurationSeconds", .integer(0...900)),
    ]
}
