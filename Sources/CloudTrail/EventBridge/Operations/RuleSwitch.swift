import AWSProtocol
package import Operations

/// What EnableRule and DisableRule have in common: a rule is found, and its state set.
package protocol RuleSwitch: DurableOperation
where Service == EventBridgeService, Request == RuleLocator, Response == NoOutput {
    static var state: Rule.State { get }
}

extension RuleSwitch {
    package static var isReadOnly: Bool { false }
    package static var errors: [String] {
        ["ResourceNotFoundException", "ConcurrentModificationException", "InternalException"]
    }

    package static func references(in request: RuleLocator) -> [RuleLocator] { [request] }

    package static func requirements(
        of request: RuleLocator,
        on resources: [ResolvedRule],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> NoOutput {
        try await events.change(call.request) { rule throws(EventBridgeError) in
            guard var rule else { throw .ruleNotFound(call.request.name) }
            rule.state = state
            return rule
        }
        return NoOutput()
    }

    package static var input: [Member] {
        [.required("Name", .ruleName), .optional("EventBusName", .eventBusName)]
    }

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> RuleLocator {
        try call.rule(input.requiredString("Name"), bus: input.string("EventBusName"))
    }
}
