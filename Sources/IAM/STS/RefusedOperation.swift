package import Operations

/// An operation that this deployment does not have: after its request was read it is refused, always with the
/// same error.
package protocol RefusedOperation: DurableOperation
where Service == SecurityTokenService, Request == RefusedRequest, Response == NoOutput {
    static var refusal: STSError { get }
}

/// A request that nobody needs.
package struct RefusedRequest: Sendable {}

extension RefusedOperation {
    package static func request(from input: Input, for call: Call) throws(STSError) -> RefusedRequest {
        RefusedRequest()
    }

    package static func references(in request: RefusedRequest) -> [RoleReference] { [] }

    package static func requirements(
        of request: RefusedRequest,
        on resources: [AssumableRole],
        for call: Call
    ) -> [Requirement] { [] }

    package static func run(
        _ call: Authorized<Self>,
        in sts: SecurityTokenService
    ) async throws(STSError) -> NoOutput {
        throw refusal
    }
}
