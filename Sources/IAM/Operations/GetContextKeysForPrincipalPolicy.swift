import AWSProtocol
import Authorization
package import Operations

/// Lists the condition keys that the policies of a user, group or role name, and further policies.
///
/// Source: IAM API Reference, GetContextKeysForPrincipalPolicy.
package enum GetContextKeysForPrincipalPolicy: PolicySourceOperation {
    package struct Request: Sendable {
        let source: PolicySource
        let policies: [PolicyDocument]
    }

    package static let name = "GetContextKeysForPrincipalPolicy"
    package static let errors = ["NoSuchEntity", "InvalidInput"]

    package static func source(of request: Request) -> PolicySource { request.source }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> ContextKeys {
        let principal = try await iam.principal(try call.policySource())
        return ContextKeys(of: principal.caller.identityPolicies + call.request.policies)
    }
}

// MARK: Wire

extension GetContextKeysForPrincipalPolicy {
    package static let input: [Member] = [
        .required("PolicySourceArn", .arn), .optional("PolicyInputList", .list(.policyDocument)),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            source: try PolicySource(input),
            policies: try SimulationRequest.policies(
                input.strings("PolicyInputList") ?? [],
                as: .identity,
                "PolicyInputList"
            )
        )
    }

    package static func encode(_ response: ContextKeys, into output: inout OutputWriter) {
        output.strings("ContextKeyNames", response.names)
    }
}
