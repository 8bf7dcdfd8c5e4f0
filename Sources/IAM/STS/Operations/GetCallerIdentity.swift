import Authorization
package import Operations

/// Tells who signed the request; nobody needs a permission for it, and no policy can forbid it.
///
/// Source: STS API Reference, GetCallerIdentity.
package enum GetCallerIdentity: ImmediateOperation {
    package typealias Service = SecurityTokenService

    package struct Request: Sendable {}

    package struct Response: Sendable {
        let userID: String
        let account: String?
        let arn: String
    }

    package static let name = "GetCallerIdentity"
    package static let errors: [String] = []

    package static func references(in request: Request) -> [RoleReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [AssumableRole],
        for call: Call
    ) -> [Requirement] { [] }

    package static func run(
        _ call: Authorized<Self>,
        in sts: SecurityTokenService
    ) throws(STSError) -> Response {
        let caller = call.call.caller
        return Response(userID: caller.uniqueID, account: caller.account, arn: caller.arn)
    }
}

// MARK: Wire

extension GetCallerIdentity {
    package static let input: [Member] = []

    package static func request(from input: Input, for call: Call) throws(STSError) -> Request { Request() }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("Arn", response.arn)
        output.string("UserId", response.userID)
        output.string("Account", response.account)
    }
}
