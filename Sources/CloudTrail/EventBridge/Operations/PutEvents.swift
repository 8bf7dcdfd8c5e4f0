import AWSProtocol
import Authorization
package import Operations

import struct Foundation.Date

/// Puts events of applications on the default bus.
///
/// An entry that is refused does not keep the others from being put. Source: EventBridge API Reference,
/// PutEvents.
package enum PutEvents: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let place: RuleBook.Place
        let entries: [Entry]
    }

    /// One event, or why it is none.
    package enum Entry: Sendable {
        case event(Made)
        case refused(code: String, message: String)
    }

    /// An event with what conditions are asked of it.
    package struct Made: Sendable {
        let event: BusEvent
        let source: String
        let detailType: String
    }

    package static let name = "PutEvents"
    package static let action = "events:PutEvents"
    package static let isReadOnly = false
    package static let errors = ["InternalException"]

    /// The most that all entries of a request have together.
    private static let bytesMax = 1 << 20

    package static func references(in request: Request) -> [RuleLocator] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedRule],
        for call: Call
    ) -> [Requirement] {
        let entries = request.entries.compactMap { if case .event(let made) = $0 { made } else { nil } }
        let sources = entries.map(\.source)
        let types = entries.map(\.detailType)
        return [
            .bus(action, of: request.place) { key in
                switch key.name {
                case "events:source": .multiple(sources)
                case "events:detail-type": .multiple(types)
                default: nil
                }
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> [Entry] {
        let made = call.request.entries.compactMap { entry in
            if case .event(let made) = entry { made.event } else { nil }
        }
        try await events.put(made, at: call.call.now)
        return call.request.entries
    }
}

// MARK: Wire

extension PutEvents {
    package static let input: [Member] = [
        .required(
            "Entries",
            .list(
                .structure([
                    .optional("Time", .timestamp), .optional("Source", .string()),
                    .optional("Resources", .list(.string(length: 0...2048))),
                    .optional("DetailType", .string()), .optional("Detail", .string(isSensitive: true)),
                    .optional(
                        "EventBusName",
                        .string(
                            length: 1...1600,
                            pattern: .eventBusName(
                                "(arn:aws[\\w-]*:events:[a-z]+-[a-z]+-[\\w-]+:[0-9]{12}:event-bus\\/)?[\\.\\-_A-Za-z0-9]+",
                                slashes: false
                            )
                        )
                    ),
                    .optional("TraceHeader", .string(length: 1...500)),
                ]),
                length: 1...10
            )
        ),
        .optional(
            "EndpointId",
            .string(length: 1...50, pattern: .expression("^[A-Za-z0-9\\-]+[\\.][A-Za-z0-9\\-]+$"))
        ),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        guard input.string("EndpointId") == nil else {
            throw .validation(
                "Parameter EndpointId is not supported: this deployment has no global endpoints."
            )
        }
        let place = try call.eventPlace()
        let entries = input.structures("Entries") ?? []
        let bytes = entries.reduce(0) { $0 + ($1.string("Detail")?.utf8.count ?? 0) }
        guard bytes <= bytesMax else {
            throw .validation("Total size of the entries in the request is over the limit.")
        }
        var made: [Entry] = []
        for entry in entries { made.append(try self.entry(entry, place, call)) }
        return Request(place: place, entries: made)
    }

    private static func entry(
        _ input: Input,
        _ place: RuleBook.Place,
        _ call: Call
    ) throws(EventBridgeError) -> Entry {
        try call.requireDefaultBus(input.string("EventBusName"))
        guard let source = input.string("Source"), !source.isEmpty else { return missing("Source") }
        guard let type = input.string("DetailType"), !type.isEmpty else { return missing("DetailType") }
        guard let detail = input.string("Detail"), !detail.isEmpty else { return missing("Detail") }
        guard !source.hasPrefix("aws.") else {
            return .refused(
                code: "NotAuthorizedForSourceException",
                message: "Not authorized for the source."
            )
        }
        guard source.utf8.count <= 256, type.utf8.count <= 128 else {
            return .refused(code: "InvalidArgument", message: "Source or DetailType is too long.")
        }
        guard let json = try? JSON.parse(detail, depthMax: BusEvent.depthMax - 8), case .object = json,
            let event = BusEvent(
                id: call.newEventID(),
                detailType: type,
                source: source,
                account: place.account,
                time: Timestamp.iso8601(input.timestamp("Time") ?? call.now),
                region: place.region,
                resources: input.strings("Resources") ?? [],
                detail: Array(detail.utf8)
            )
        else { return .refused(code: "MalformedDetail", message: "Detail is malformed.") }
        return .event(Made(event: event, source: source, detailType: type))
    }

    private static func missing(_ name: String) -> Entry {
        .refused(
            code: "InvalidArgument",
            message: "Parameter \(name) is not valid. Reason: \(name) is a required argument."
        )
    }

    package static func encode(_ response: [Entry], into output: inout OutputWriter) {
        output.integer("FailedEntryCount", response.count { if case .refused = $0 { true } else { false } })
        output.objects("Entries", response) { output, entry in
            switch entry {
            case .event(let made): output.string("EventId", made.event.id)
            case .refused(let code, let message):
                output.string("ErrorCode", code)
                output.string("ErrorMessage", message)
            }
        }
    }
}

extension Call {
    fileprivate func newEventID() -> String { EventID.random().description }
}
