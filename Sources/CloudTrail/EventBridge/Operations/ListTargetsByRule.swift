import AWSProtocol
package import Operations

/// Lists the targets of a rule.
///
/// Source: EventBridge API Reference, ListTargetsByRule.
package enum ListTargetsByRule: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let rule: RuleLocator
        let limit: Int
        let token: String?
    }

    package static let name = "ListTargetsByRule"
    package static let action = "events:ListTargetsByRule"
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
    ) async throws(EventBridgeError) -> EventPage<RuleTargetView> {
        let request = call.request
        let list = "\(name) \(request.rule.name)"
        let after = try events.position(of: request.token, in: list, for: call.call)
        let targets = try call.resource.existing().targets.sorted { $0.id < $1.id }
            .filter { target in after.map { target.id > $0 } ?? true }
        return try events.page(
            targets.prefix(request.limit + 1).map(RuleTargetView.init),
            limit: request.limit,
            of: list,
            for: call.call,
            position: \.target.id
        )
    }
}

/// A target as answers show it.
package struct RuleTargetView: Sendable {
    let target: RuleTarget
}

// MARK: Wire

extension ListTargetsByRule {
    package static let input: [Member] = [
        .required("Rule", .ruleName), .optional("EventBusName", .eventBusName),
        .optional("NextToken", .eventListToken), .optional("Limit", .eventListLimit),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        Request(
            rule: try call.rule(input.requiredString("Rule"), bus: input.string("EventBusName")),
            limit: input.integer("Limit") ?? 100,
            token: input.string("NextToken")
        )
    }

    package static func encode(_ response: EventPage<RuleTargetView>, into output: inout OutputWriter) {
        output.objects("Targets", response.elements) { output, view in
            let target = view.target
            output.string("Id", target.id)
            output.string("Arn", target.arn)
            output.string("Input", target.input)
            output.string("InputPath", target.inputPath)
            guard let transformer = target.transformer else { return }
            output.object("InputTransformer") { output in
                output.map(
                    "InputPathsMap",
                    transformer.paths.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
                )
                output.string("InputTemplate", transformer.template)
            }
        }
        output.string("NextToken", response.nextToken)
    }
}
