import AWSProtocol
package import Operations

/// Decodes the message of a denial that this deployment has encoded.
///
/// AWS's services whose denials are encoded, such as EC2, give the message to the caller who was denied; here it stands
/// in the server's log. Source: STS API Reference, DecodeAuthorizationMessage.
package enum DecodeAuthorizationMessage: DurableOperation {
    package typealias Service = SecurityTokenService

    package struct Request: Sendable {
        let encoded: String
        let account: AccountID
    }

    package struct Response: Sendable {
        let message: String
    }

    package static let name = "DecodeAuthorizationMessage"
    package static let errors = ["InvalidAuthorizationMessageException"]

    package static func references(in request: Request) -> [RoleReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [AssumableRole],
        for call: Call
    ) -> [Requirement] {
        [Requirement(action, on: .any(in: request.account), conditions: NoConditions())]
    }

    package static func run(
        _ call: Authorized<Self>,
        in sts: SecurityTokenService
    ) async throws(STSError) -> Response {
        Response(message: try sts.decode(call.request.encoded, for: call.request.account))
    }
}

// MARK: Wire

extension DecodeAuthorizationMessage {
    package static let input: [Member] = [.required("EncodedMessage", .string(length: 1...10_240))]

    package static func request(from input: Input, for call: Call) throws(STSError) -> Request {
        Request(encoded: input.requiredString("EncodedMessage"), account: try call.accountOfCaller())
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("DecodedMessage", response.message)
    }
}
