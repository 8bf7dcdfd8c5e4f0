package import Operations

/// Deletes a rule that has no targets any more; one that does not exist is deleted already.
///
/// Source: EventBridge API Reference, DeleteRule.
package enum DeleteRule: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let rule: RuleLocator
    }

    package static let name = "DeleteRule"
    package static let action = "events:DeleteRule"
    package static let isReadOnly = false
    package static let errors = [
        "ConcurrentModificationException", "InternalException", "ResourceNotFoundException",
    ]

    package static func references(in request: Request) -> [RuleLocator] { [request.rule] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedRule],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> NoOutput {
        try await events.change(call.request.rule) { rule throws(EventBridgeError) in
            guard rule?.targets.isEmpty ?? true else {
                throw .validation("Rule can't be deleted since it has targets.")
            }
            return nil
        }
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteRule {
    package static let input: [Member] = [
        .required("Name", .ruleName), .optional("EventBusName", .eventBusName), .optional("Force", .boolean),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        Request(rule: try call.rule(input.requiredString("Name"), bus: input.string("EventBusName")))
    }
}
