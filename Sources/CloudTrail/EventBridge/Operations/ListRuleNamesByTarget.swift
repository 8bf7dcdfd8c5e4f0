import AWSProtocol
package import Operations

/// Lists the names of the rules that send to a target.
///
/// Source: EventBridge API Reference, ListRuleNamesByTarget.
package enum ListRuleNamesByTarget: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let place: RuleBook.Place
        let target: String
        let limit: Int
        let token: String?
    }

    package static let name = "ListRuleNamesByTarget"
    package static let action = "events:ListRuleNamesByTarget"
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
    ) async throws(EventBridgeError) -> EventPage<String> {
        let request = call.request
        // A bus has at most as many rules as one page of the store, so all are looked at.
        let rules = try await events.rules(
            of: request.place,
            after: try events.position(of: request.token, in: name, for: call.call),
            limit: Rule.perBusMax
        )
        let names = rules.filter { $0.targets.contains { $0.arn == request.target } }.map(\.name)
        return try events.page(
            Array(names.prefix(request.limit + 1)),
            limit: request.limit,
            of: name,
            for: call.call,
            position: \.self
        )
    }
}

// MARK: Wire

extension ListRuleNamesByTarget {
    package static let input: [Member] = [
        .required("TargetArn", .eventARN), .optional("EventBusName", .eventBusName),
        .optional("NextToken", .eventListToken), .optional("Limit", .eventListLimit),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        try call.requireDefaultBus(input.string("EventBusName"))
        return Request(
            place: try call.eventPlace(),
            target: input.requiredString("TargetArn"),
            limit: input.integer("Limit") ?? 100,
            token: input.string("NextToken")
        )
    }

    package static func encode(_ response: EventPage<String>, into output: inout OutputWriter) {
        output.strings("RuleNames", response.elements)
        output.string("NextToken", response.nextToken)
    }
}
