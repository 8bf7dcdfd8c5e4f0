import AWSProtocol
import Authorization
package import Operations

/// Tells what the policies of a user, group or role, and further ones, would decide.
///
/// Source: IAM API Reference, SimulatePrincipalPolicy.
package enum SimulatePrincipalPolicy: SimulatingOperation, PolicySourceOperation {
    package struct Request: Sendable {
        let source: PolicySource
        let simulation: SimulationRequest
    }

    package static let name = "SimulatePrincipalPolicy"
    package static let errors = ["NoSuchEntity", "InvalidInput", "PolicyEvaluation"]

    package static func source(of request: Request) -> PolicySource { request.source }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> SimulationAnswer {
        let request = call.request.simulation
        let principal = try await iam.principal(try call.policySource())
        if request.resource != nil, request.callerARN == nil,
            principal.caller.type != .user
                || !principal.knowsCaller
        {
            throw .invalidInput("CallerArn is required with ResourcePolicy unless PolicySourceArn is a user.")
        }
        return try await simulate(request, principal, for: call.call, in: iam)
    }
}

// MARK: Wire

extension SimulatePrincipalPolicy {
    package static let input: [Member] =
        [.required("PolicySourceArn", .arn), .optional("PolicyInputList", .list(.policyDocument))]
        + SimulationRequest.members + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(source: try PolicySource(input), simulation: try SimulationRequest(input, for: call))
    }
}
