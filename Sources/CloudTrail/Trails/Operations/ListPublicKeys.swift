import AWSProtocol
package import Operations

/// Lists the keys with which digests of delivered log files were signed.
///
/// Nothing is delivered, so none was ever made. What signs the audit trail itself is another key, which
/// `trail/public-key` holds. Source: AWS CloudTrail API Reference, ListPublicKeys.
package enum ListPublicKeys: DurableOperation {
    package typealias Service = CloudTrailService

    package struct Request: Sendable {
        let account: AccountID
    }
    package struct Response: Sendable {}

    package static let name = "ListPublicKeys"
    package static let action = "cloudtrail:ListPublicKeys"
    package static let isReadOnly = true
    package static let errors: [String] = ["InvalidTimeRangeException", "InvalidTokenException"]

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

extension ListPublicKeys {
    package static let input: [Member] = [
        .optional("StartTime", .timestamp), .optional("EndTime", .timestamp), .optional("NextToken", .text),
    ]

    package static func request(from input: Input, for call: Call) throws(CloudTrailError) -> Request {
        guard input.string("NextToken") == nil else { throw .invalidToken }
        if let start = input.timestamp("StartTime"), let end = input.timestamp("EndTime"), start > end {
            throw .invalidTimeRange
        }
        return Request(account: try call.trailAccount())
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.strings("PublicKeyList", [])
    }
}
