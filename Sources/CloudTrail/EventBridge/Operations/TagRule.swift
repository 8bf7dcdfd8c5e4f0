import AWSProtocol
import Authorization
package import Operations

/// Adds tags to a rule, or changes the values of those it has.
///
/// Source: EventBridge API Reference, TagResource.
package enum TagRule: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let rule: RuleLocator
        let tags: [ResourceTag]
    }

    package static let name = "TagResource"
    package static let action = "events:TagResource"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "ConcurrentModificationException", "InternalException",
    ]

    package static func references(in request: Request) -> [RuleLocator] { [request.rule] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedRule],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action) { [tags = request.tags] in tags.requestCondition($0) }]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> EmptyOutput {
        try await events.change(call.request.rule) { rule throws(EventBridgeError) in
            guard var rule else { throw .ruleNotFound(call.request.rule.name) }
            rule.tags = rule.tags.merging(call.request.tags)
            guard rule.tags.count <= ResourceTag.perResourceMax else {
                throw .validation(TagFault.tooMany.sentence)
            }
            return rule
        }
        return EmptyOutput()
    }

    // MARK: Wire

    package static let input: [Member] = [
        .required("ResourceARN", .eventARN), .required("Tags", .resourceTags),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        Request(
            rule: try call.taggedRule(input.requiredString("ResourceARN")),
            tags: try input.eventTags("Tags")
        )
    }

    package static func encode(_ response: EmptyOutput, into output: inout OutputWriter) {}
}

extension Call {
    /// The rule that a tagging operation names.
    func taggedRule(_ arn: String) throws(EventBridgeError) -> RuleLocator {
        guard let locator = RuleLocator(arn: arn), locator.region == region,
            locator.account == (try eventAccount())
        else { throw .resourceNotFound(arn) }
        return locator
    }
}
