import AWSProtocol
package import Operations

/// Lists the rules of the default bus by name.
///
/// Source: EventBridge API Reference, ListRules.
package enum ListRules: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let place: RuleBook.Place
        let prefix: String
        let limit: Int
        let token: String?
    }

    package static let name = "ListRules"
    package static let action = "events:ListRules"
    package static let isReadOnly = true
    package static let errors = ["InternalException", "ResourceNotFoundException"]

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
    ) async throws(EventBridgeError) -> EventPage<Rule> {
        let request = call.request
        let rules = try await events.rules(
            of: request.place,
            prefix: request.prefix,
            after: try events.position(of: request.token, in: name, for: call.call),
            limit: request.limit + 1
        )
        return try events.page(rules, limit: request.limit, of: name, for: call.call, position: \.name)
    }
}

// MARK: Wire

extension ListRules {
    package static let input: [Member] = [
        .optional("NamePrefix", .ruleName), .optional("EventBusName", .eventBusName),
        .optional("NextToken", .eventListToken), .optional("Limit", .eventListLimit),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        try call.requireDefaultBus(input.string("EventBusName"))
        return Request(
            place: try call.eventPlace(),
            prefix: input.string("NamePrefix") ?? "",
            limit: input.integer("Limit") ?? 100,
            token: input.string("NextToken")
        )
    }

    package static func encode(_ response: EventPage<Rule>, into output: inout OutputWriter) {
        output.objects("Rules", response.elements) { $1.encode(into: &$0) }
        output.string("NextToken", response.nextToken)
    }
}
