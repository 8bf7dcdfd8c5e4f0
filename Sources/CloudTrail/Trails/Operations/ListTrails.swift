import AWSProtocol
package import Operations

/// Lists the trails of the account.
///
/// There are none; see ``DeliveryTrail``. Source: AWS CloudTrail API Reference, ListTrails.
package enum ListTrails: DurableOperation {
    package typealias Service = CloudTrailService

    package struct Request: Sendable {
        let account: AccountID
    }
    package struct Response: Sendable {}

    package static let name = "ListTrails"
    package static let action = "cloudtrail:ListTrails"
    package static let isReadOnly = true
    package static let errors: [String] = []

    package static func references(in request: Request) -> [TrailLocator] { [] }

    package static func requirements(
        of request: Request,
        on resources: [DeliveryTrail],
        for call: Call
    ) -> [Requirement] {
        [.cloudTrail(action, in: request.account)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in service: CloudTrailService
    ) async throws(CloudTrailError) -> Response {
        Response()
    }
}

// MARK: Wire

extension ListTrails {
    package static let input: [Member] = [.optional("NextToken", .text)]

    package static func request(from input: Input, for call: Call) throws(CloudTrailError) -> Request {
        guard input.string("NextToken") == nil else { throw .invalidNextToken }
        return Request(account: try call.trailAccount())
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.strings("Trails", [])
    }
}
