import AWSProtocol
package import Operations

/// Shows the settings of trails: all of the Region, or those named.
///
/// There are none; see ``DeliveryTrail``. Source: AWS CloudTrail API Reference, DescribeTrails.
package enum DescribeTrails: DurableOperation {
    package typealias Service = CloudTrailService

    package struct Request: Sendable {
        let account: AccountID
    }
    package struct Response: Sendable {}

    package static let name = "DescribeTrails"
    package static let action = "cloudtrail:DescribeTrails"
    package static let isReadOnly = true
    package static let errors: [String] = ["InvalidTrailNameException", "CloudTrailARNInvalidException"]

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

extension DescribeTrails {
    package static let input: [Member] = [
        .optional("trailNameList", .list(.text)), .optional("includeShadowTrails", .boolean),
    ]

    package static func request(from input: Input, for call: Call) throws(CloudTrailError) -> Request {
        // A trail that is named and not there is left out, as AWS leaves it out.
        for name in input.strings("trailNameList") ?? [] { _ = try TrailLocator(name, for: call) }
        return Request(account: try call.trailAccount())
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.strings("trailList", [])
    }
}
