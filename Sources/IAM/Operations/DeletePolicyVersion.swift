package import Operations

/// Erases a version of a managed policy that is not in force.
///
/// Source: IAM API Reference, DeletePolicyVersion.
package enum DeletePolicyVersion: EntityOperation {
    package typealias Subject = ManagedPolicy
    package typealias Request = PolicyVersionRequest

    package static let name = "DeletePolicyVersion"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "InvalidInput", "DeleteConflict", "ServiceFailure",
    ]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        try await iam.change(try call.changeable()) { policy throws(IAMError) in
            let version = try policy.requiredVersion(call.request.version)
            guard version.number != policy.defaultNumber else {
                throw .deleteConflict("Cannot delete the default version of a policy.")
            }
            policy.versions.removeAll { $0 == version }
        }
        return NoOutput()
    }
}

// MARK: Wire

extension DeletePolicyVersion {
    package static let input: [Member] = [
        .required("PolicyArn", .arn), .required("VersionId", .policyVersionID),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> PolicyVersionRequest {
        try PolicyVersionRequest(input, for: call)
    }
}
