package import Operations

/// Shows a managed policy without its text.
///
/// Source: IAM API Reference, GetPolicy.
package enum GetPolicy: EntityOperation {
    package typealias Subject = ManagedPolicy
    package typealias Request = SubjectRequest

    package static let name = "GetPolicy"
    package static let errors = ["NoSuchEntity", "InvalidInput", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> PolicyView {
        let policy = try call.entity().value
        return PolicyView(
            policy: policy,
            usage: try await iam.usage(of: policy.arn, in: try call.call.account())
        )
    }
}

// MARK: Wire

extension GetPolicy {
    package static let input: [Member] = [.required("PolicyArn", .arn)]

    package static func encode(_ response: PolicyView, into output: inout OutputWriter) {
        output.object("Policy") { $0.managedPolicy(response.policy, response.usage) }
    }
}
