import AWSProtocol
import Cryptography
package import Operations
import Trail

import struct Foundation.Date

/// Finds the events of the account in the Region, the newest first.
///
/// All calls of all services are management events here, also Encrypt and Decrypt. Events are not forgotten after
/// 90 days, and there is no limit of two calls a second. Source: AWS CloudTrail API Reference, LookupEvents.
package enum LookupEvents: DurableOperation {
    package typealias Service = CloudTrailService

    package struct Request: Sendable {
        let account: AccountID
        let query: EventQuery
        let limit: Int
        let token: String?
        /// Insights events are asked for, of which there are none.
        let wantsInsights: Bool
    }

    package struct Response: Sendable {
        let events: [FoundEvent.Details]
        let nextToken: String?
    }

    package static let name = "LookupEvents"
    package static let action = "cloudtrail:LookupEvents"
    package static let isReadOnly = true
    package static let errors = [
        "InvalidLookupAttributesException", "InvalidTimeRangeException", "InvalidMaxResultsException",
        "InvalidNextTokenException",
    ]

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
        let request = call.request
        let marker = ListMarker(
            keyring: service.keyring,
            list: request.query.listName(in: service.trail),
            call: call.call
        )
        var after: FoundEvent.Place?
        if let token = request.token {
            guard let place = marker.position(of: token).flatMap({ FoundEvent.Place($0) }) else {
                throw .invalidNextToken
            }
            after = place
        }
        guard !request.wantsInsights else { return Response(events: [], nextToken: nil) }
        // One more than asked for tells whether there is another page.
        var found = try await service.lookup(request.query, limit: request.limit + 1, after: after)
        guard found.count > request.limit else {
            return Response(events: found.map(\.details), nextToken: nil)
        }
        found.removeLast()
        guard let last = found.last else { return Response(events: [], nextToken: nil) }
        do throws(CryptographyError) {
            let token = try marker.token(after: last.place.description)
            return Response(events: found.map(\.details), nextToken: token)
        } catch {
            throw .internalFailure
        }
    }
}

extension CloudTrailService {
    /// Looks up events on a thread of its own: it may have to read much.
    fileprivate func lookup(
        _ query: EventQuery,
        limit: Int,
        after: FoundEvent.Place?
    ) async throws(CloudTrailError) -> [FoundEvent] {
        do throws(TrailError) {
            return try await labour.run(.sustained) { [index] () throws(TrailError) in
                try index.lookup(query, limit: limit, after: after)
            }
        } catch {
            throw .trail(error)
        }
    }
}

extension EventQuery {
    /// What a token is bound to: the same lookup on the same trail.
    fileprivate func listName(in trail: TrailID) -> String {
        let parts = [
            "LookupEvents", trail.description, from.map { "\($0.timeIntervalSince1970)" } ?? "",
            through.map { "\($0.timeIntervalSince1970)" } ?? "", attribute.map { "\($0)" } ?? "",
        ]
        return parts.map { "\($0.utf8.count):\($0)" }.joined()
    }
}

// MARK: Wire

extension FoundEvent.Place {
    fileprivate var description: String { "\(time) \(lane) \(segment) \(offset)" }

    fileprivate init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 4, let time = UInt32(parts[0]), let lane = Int(parts[1]),
            let segment = UInt64(parts[2]), let offset = UInt32(parts[3])
        else { return nil }
        self.init(time: time, lane: lane, segment: segment, offset: offset)
    }
}

extension LookupEvents {
    private static let attributeKeys = [
        "EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource",
        "AccessKeyId",
    ]

    package static let input: [Member] = [
        .optional(
            "LookupAttributes",
            .list(
                .structure([
                    .required("AttributeKey", .enumeration(attributeKeys)),
                    .required("AttributeValue", .string(length: 1...2000)),
                ])
            )
        ),
        .optional("StartTime", .timestamp),
        .optional("EndTime", .timestamp),
        .optional("EventCategory", .enumeration(["insight"])),
        // Its bounds have an error of their own.
        .optional("MaxResults", .integer(Int(Int32.min)...Int(Int32.max))),
        .optional("NextToken", .text),
    ]

    package static func request(from input: Input, for call: Call) throws(CloudTrailError) -> Request {
        let attributes = input.structures("LookupAttributes") ?? []
        guard attributes.count <= 1 else {
            throw .invalidLookupAttributes("You can specify only one lookup attribute.")
        }
        let limit = input.integer("MaxResults") ?? 50
        guard (1...50).contains(limit) else { throw .invalidMaxResults(limit) }
        let start = input.timestamp("StartTime")
        let end = input.timestamp("EndTime")
        if let start, let end, start > end { throw .invalidTimeRange }
        let account = try call.trailAccount()
        var query = EventQuery(
            account: account.description,
            region: call.region.description,
            from: start,
            through: end
        )
        if let attribute = attributes.first { query.attribute = try .init(attribute) }
        return Request(
            account: account,
            query: query,
            limit: limit,
            token: input.string("NextToken"),
            wantsInsights: input.string("EventCategory") != nil
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.objects("Events", response.events) { output, event in
            output.string("EventId", event.id)
            output.string("EventName", event.name)
            output.string("ReadOnly", event.isReadOnly ? "true" : "false")
            output.string("AccessKeyId", event.accessKeyID)
            output.timestamp("EventTime", event.time)
            output.string("EventSource", event.source)
            output.string("Username", event.username)
            output.objects("Resources", event.resources) { output, resource in
                output.string("ResourceType", resource.type)
                output.string("ResourceName", resource.name)
            }
            output.string("CloudTrailEvent", event.json)
        }
        output.string("NextToken", response.nextToken)
    }
}

extension EventQuery.Attribute {
    fileprivate init(_ input: Input) throws(CloudTrailError) {
        let value = input.requiredString("AttributeValue")
        switch input.requiredString("AttributeKey") {
        case "EventId": self = .eventID(value)
        case "EventName": self = .eventName(value)
        case "Username": self = .username(value)
        case "ResourceType": self = .resourceType(value)
        case "ResourceName": self = .resourceName(value)
        case "EventSource": self = .eventSource(value)
        case "AccessKeyId": self = .accessKeyID(value)
        default:
            guard let flag = ["true": true, "false": false][value] else {
                throw .invalidLookupAttributes("The value of ReadOnly must be true or false.")
            }
            self = .readOnly(flag)
        }
    }
}
