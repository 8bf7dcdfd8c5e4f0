import AWSProtocol
package import Operations

/// Lists the default bus, the only one there is.
///
/// Source: EventBridge API Reference, ListEventBuses.
package enum ListEventBuses: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let place: RuleBook.Place
        let prefix: String
    }

    package static let name = "ListEventBuses"
    package static let action = "events:ListEventBuses"
    package static let isReadOnly = true
    package static let errors = ["InternalException"]

    package static func references(in request: Request) -> [RuleLocator] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedRule],
        for call: Call
    ) -> [Requirement] {
        [.events(action, in: request.place.account)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> [String] {
        EventBus.name.hasPrefix(call.request.prefix) ? [EventBus.arn(of: call.request.place)] : []
    }
}

// MARK: Wire

extension ListEventBuses {
    package static let input: [Member] = [
        .optional(
            "NamePrefix",
            .string(
                length: 1...256,
                pattern: .characters("[/\\.\\-_A-Za-z0-9]+") {
                    $0.isASCIIAlphanumeric || "/.-_".unicodeScalars.contains($0)
                }
            )
        ), .optional("NextToken", .eventListToken), .optional("Limit", .eventListLimit),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        guard input.string("NextToken") == nil else { throw .validation("The NextToken is not valid.") }
        return Request(place: try call.eventPlace(), prefix: input.string("NamePrefix") ?? "")
    }

    package static func encode(_ response: [String], into output: inout OutputWriter) {
        output.objects("EventBuses", response) { output, arn in
            output.string("Name", EventBus.name)
            output.string("Arn", arn)
        }
    }
}
