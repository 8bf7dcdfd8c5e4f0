import AWSProtocol
import Authorization
package import Operations

/// Tells what policies given in the request would decide, on the engine that decides requests.
///
/// Source: IAM API Reference, SimulateCustomPolicy.
package enum SimulateCustomPolicy: SimulatingOperation, AccountOperation {
    package typealias Request = SimulationRequest

    package static let name = "SimulateCustomPolicy"
    package static let errors = ["InvalidInput", "PolicyEvaluation"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> SimulationAnswer {
        if call.request.resource != nil, call.request.callerARN == nil {
            throw .invalidInput("CallerArn is required with ResourcePolicy.")
        }
        let principal = SimulationPrincipal(
            caller: .simulated(in: try call.call.account(), []),
            knowsCaller: false,
            sources: []
        )
        return try await simulate(call.request, principal, for: call.call, in: iam)
    }
}

// MARK: Wire

extension SimulateCustomPolicy {
    package static let input: [Member] =
        [.required("PolicyInputList", .list(.policyDocument))] + SimulationRequest.members + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SimulationRequest {
        try SimulationRequest(input, for: call)
    }
}
