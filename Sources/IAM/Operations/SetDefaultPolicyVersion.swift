package import Operations

/// Puts a version of a managed policy in force, for all that the policy is attached to.
///
/// Source: IAM API Reference, SetDefaultPolicyVersion.
package enum SetDefaultPolicyVersion: EntityOperation {
    package typealias Subject = ManagedPolicy
    package typealias Request = PolicyVersionRequest

    package static let name = "SetDefaultPolicyVersion"
    package static let errors = ["NoSuchEntity", "InvalidInput", "LimitExceeded", "ServiceFailure"]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.change(try call.changeable()) { policy throws(IAMError) in
            let number = try policy.requiredVersion(call.request.version).number
            guard number != policy.defaultNumber else { return }
            policy.defaultNumber = number
            policy.updatedAt = call.call.now
        }
        return NoOutput()
    }
}

// MARK: Wire

extension SetDefaultPolicyVersion {
    package static let input: [Member] = [
        .required("PolicyArn", .arn), .required("VersionId", .policyVersionID),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> PolicyVersionRequest {
        try PolicyVersionRequest(input, for: call)
    }
}
