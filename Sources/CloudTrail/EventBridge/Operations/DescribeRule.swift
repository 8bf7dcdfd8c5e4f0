import AWSProtocol
package import Operations

/// Shows a rule without its targets.
///
/// Source: EventBridge API Reference, DescribeRule.
package enum DescribeRule: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let rule: RuleLocator
    }

    package static let name = "DescribeRule"
    package static let action = "events:DescribeRule"
    package static let isReadOnly = true
    package static let errors = ["ResourceNotFoundException", "InternalException"]

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
    ) async throws(EventBridgeError) -> Rule {
        try call.resource.existing()
    }
}

// MARK: Wire

extension DescribeRule {
    package static let input: [Member] = [
        .required("Name", .ruleName), .optional("EventBusName", .eventBusName),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        Request(rule: try call.rule(input.requiredString("Name"), bus: input.string("EventBusName")))
    }

    package static func encode(_ response: Rule, into output: inout OutputWriter) {
        response.encode(into: &output)
        output.string("CreatedBy", response.account.description)
    }
}

extension Rule {
    /// The members that DescribeRule and ListRules show.
    func encode(into output: inout OutputWriter) {
        output.string("Name", name)
        output.string("Arn", locator.arn)
        output.string("EventPattern", pattern)
        output.string("State", state.rawValue)
        output.string("Description", description)
        output.string("EventBusName", EventBus.name)
    }
}
