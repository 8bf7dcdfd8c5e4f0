import AWSProtocol
package import Operations

/// Makes a rule, or replaces the pattern, state and description of one that there is.
///
/// Only rules on events: a schedule is refused. Source: EventBridge API Reference, PutRule.
package enum PutRule: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let rule: RuleLocator
        let pattern: String
        let state: Rule.State
        let description: String?
        let tags: [ResourceTag]
    }

    package static let name = "PutRule"
    package static let action = "events:PutRule"
    package static let isReadOnly = false
    package static let errors = [
        "InvalidEventPatternException", "LimitExceededException", "ConcurrentModificationException",
        "InternalException", "ResourceNotFoundException",
    ]

    package static func references(in request: Request) -> [RuleLocator] { [request.rule] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedRule],
        for call: Call
    ) -> [Requirement] {
        let tags = request.tags
        let requirement = resources[0].requirement(action) { tags.requestCondition($0) }
        guard !tags.isEmpty else { return [requirement] }
        return [requirement, resources[0].requirement("events:TagResource") { tags.requestCondition($0) }]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> RuleLocator {
        let request = call.request
        let place = RuleBook.Place(account: request.rule.account, region: request.rule.region)
        if call.resource.rule == nil {
            let rules = try await events.rules(of: place, after: nil, limit: Rule.perBusMax)
            guard rules.count < Rule.perBusMax else {
                throw .limitExceeded("The requested resource exceeds the maximum number allowed.")
            }
        }
        try await events.change(request.rule) { rule throws(EventBridgeError) in
            // Tags of a rule that there is are left as they are: the API Reference says so.
            Rule(
                name: request.rule.name,
                account: request.rule.account,
                region: request.rule.region,
                pattern: request.pattern,
                state: request.state,
                description: request.description,
                tags: rule?.tags ?? request.tags,
                targets: rule?.targets ?? []
            )
        }
        return request.rule
    }
}

// MARK: Wire

extension PutRule {
    package static let input: [Member] = [
        .required("Name", .ruleName), .optional("ScheduleExpression", .string(length: 0...256)),
        .optional("EventPattern", .string(length: 0...Rule.patternBytesMax)),
        .optional("State", .enumeration(Rule.State.allCases.map(\.rawValue))),
        .optional("Description", .string(length: 0...512)), .optional("RoleArn", .eventARN),
        .optional("Tags", .resourceTags), .optional("EventBusName", .eventBusName),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        guard (input.string("ScheduleExpression") ?? "").isEmpty else {
            throw .validation(
                "Parameter ScheduleExpression is not supported: this deployment has rules on events only."
            )
        }
        guard input.string("RoleArn") == nil else {
            throw .validation(
                "Parameter RoleArn is not supported: targets are reached by their own policies."
            )
        }
        guard let pattern = input.string("EventPattern"), !pattern.isEmpty else {
            throw .validation("Parameter(s) EventPattern or ScheduleExpression must be specified.")
        }
        do throws(EventPatternError) {
            _ = try EventPattern(parsing: pattern)
        } catch {
            throw .invalidPattern(error)
        }
        return Request(
            rule: try call.rule(input.requiredString("Name"), bus: input.string("EventBusName")),
            pattern: pattern,
            state: input.string("State").flatMap(Rule.State.init) ?? .enabled,
            description: input.string("Description"),
            tags: try input.eventTags("Tags")
        )
    }

    package static func encode(_ response: RuleLocator, into output: inout OutputWriter) {
        output.string("RuleArn", response.arn)
    }
}
