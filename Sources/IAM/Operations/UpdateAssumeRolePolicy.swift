package import Operations

/// Replaces the policy that says who may assume a role.
///
/// Source: IAM API Reference, UpdateAssumeRolePolicy.
package enum UpdateAssumeRolePolicy: EntityOperation {
    package typealias Subject = Role

    package struct Request: NamingRequest {
        package let subject: IAMReference
        let text: String
    }

    package static let name = "UpdateAssumeRolePolicy"
    package static let errors = [
        "NoSuchEntity", "MalformedPolicyDocument", "LimitExceeded", "UnmodifiableEntity", "ServiceFailure",
    ]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let policy = try await iam.checkedTrustPolicy(call.request.text)
        try await iam.change(try call.entity()) { $0.trustPolicy = policy }
        return NoOutput()
    }
}

// MARK: Wire

extension UpdateAssumeRolePolicy {
    package static let input: [Member] = [
        .required("RoleName", .roleName), .required("PolicyDocument", .policyDocument),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            subject: try Role.reference(in: input, for: call),
            text: input.requiredString("PolicyDocument")
        )
    }
}
