import AWSProtocol
package import Operations
import Trail

import struct Foundation.Date

/// Lists the keys with which the trail was signed in a range of time.
///
/// There is one: it signs the digests of the trail's segments and its published heads, on every node and for as long as
/// the deployment lasts, so its validity has no end. It is of Ed25519, and `Value` its SubjectPublicKeyInfo (RFC 8410,
/// section 4), where AWS has an RSAPublicKey. Source: AWS CloudTrail API Reference, ListPublicKeys.
package enum ListPublicKeys: DurableOperation {
    package typealias Service = CloudTrailService

    package struct Request: Sendable {
        let account: AccountID
        let end: Date
    }
    package struct Response: Sendable {
        let keys: [SigningKey]
    }

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
        Response(keys: try service.signingKeys().filter { $0.since <= call.request.end })
    }
}

// MARK: Wire

extension ListPublicKeys {
    package static let input: [Member] = [
        .optional("StartTime", .timestamp), .optional("EndTime", .timestamp), .optional("NextToken", .text),
    ]

    package static func request(from input: Input, for call: Call) throws(CloudTrailError) -> Request {
        // The list is never long enough to be continued.
        guard input.string("NextToken") == nil else { throw .invalidToken }
        let end = input.timestamp("EndTime") ?? call.now
        guard (input.timestamp("StartTime") ?? call.now) <= end else { throw .invalidTimeRange }
        return Request(account: try call.trailAccount(), end: end)
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.objects("PublicKeyList", response.keys) { item, key in
            item.blob("Value", key.key.subjectPublicKeyInfo)
            item.timestamp("ValidityStartTime", key.since)
            item.string("Fingerprint", key.key.fingerprint)
        }
    }
}
