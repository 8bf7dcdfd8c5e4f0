package import Operations

/// Shows a version of a managed policy with its text.
///
/// Source: IAM API Reference, GetPolicyVersion.
package enum GetPolicyVersion: EntityOperation {
    package typealias Subject = ManagedPolicy
    package typealias Request = PolicyVersionRequest

    package struct Response: Sendable {
        let policy: ManagedPolicy
        let version: ManagedPolicy.Version
    }

    package static let name = "GetPolicyVersion"
    package static let errors = ["NoSuchEntity", "InvalidInput", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Response {
        let policy = try call.entity().value
        return Response(policy: policy, version: try policy.requiredVersion(call.request.version))
    }
}

// MARK: Wire

extension GetPolicyVersion {
    package static let input: [Member] = [
        .required("PolicyArn", .arn), .required("VersionId", .policyVersionID),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> PolicyVersionRequest {
        try PolicyVersionRequest(input, for: call)
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.object("PolicyVersion") { output in
            output.policyVersion(response.version, of: response.policy, showsText: true)
        }
    }
}
