package import Operations

/// Decodes the message of a denial that a service has encoded.
///
/// AWS's services whose denials are encoded, such as EC2, are not among those of this deployment, so no message
/// can be one of its own. Source: STS API Reference, DecodeAuthorizationMessage.
package enum DecodeAuthorizationMessage: DurableOperation {
    package typealias Service = SecurityTokenService

    package struct Request: Sendable {
        let permission: Requirement
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
    ) -> [Requirement] { [request.permission] }

    package static func run(
        _ call: Authorized<Self>,
        in sts: SecurityTokenService
    ) async throws(STSError) -> Response {
        throw .invalidAuthorizationMessage
    }
}

// MARK: Wire

extension DecodeAuthorizationMessage {
    package static let input: [Member] = [.required("EncodedMessage", .string(length: 1...10_240))]

    package static func request(from input: Input, for call: Call) throws(STSError) -> Request {
        Request(
            permission: Requirement(
                action,
                on: .any(in: try call.accountOfCaller()),
                conditions: NoConditions()
            )
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("DecodedMessage", response.message)
    }
}
