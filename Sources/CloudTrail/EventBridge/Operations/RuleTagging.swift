import AWSProtocol
import Authorization
package import Operations

/// What the tagging operations have in common: the ARN of a rule, which must exist.
extension Call {
    func taggedRule(_ arn: String) throws(EventBridgeError) -> RuleLocator {
        guard let locator = RuleLocator(arn: arn), locator.region == region,
            locator.account == (try eventAccount())
        else { throw .resourceNotFound(arn) }
        return locator
    }
}

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

/// Takes tags away from a rule.
///
/// Source: EventBridge API Reference, UntagResource.
package enum UntagRule: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let rule: RuleLocator
        let keys: [String]
    }

    package static let name = "UntagResource"
    package static let action = "events:UntagResource"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "InternalException", "ConcurrentModificationException",
    ]

    package static func references(in request: Request) -> [RuleLocator] { [request.rule] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedRule],
        for call: Call
    ) -> [Requirement] {
        let tags = request.keys.map { ResourceTag(key: $0, value: "") }
        return [
            resources[0].requirement(action) { key in
                key.global == .tagKeys ? tags.requestCondition(key) : nil
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> EmptyOutput {
        try await events.change(call.request.rule) { rule throws(EventBridgeError) in
            guard var rule else { throw .ruleNotFound(call.request.rule.name) }
            rule.tags.removeAll { call.request.keys.contains($0.key) }
            return rule
        }
        return EmptyOutput()
    }

    package static let input: [Member] = [
        .required("ResourceARN", .eventARN), .required("TagKeys", .resourceTagKeys),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        Request(
            rule: try call.taggedRule(input.requiredString("ResourceARN")),
            keys: input.strings("TagKeys") ?? []
        )
    }

    package static func encode(_ response: EmptyOutput, into output: inout OutputWriter) {}
}

/// Lists the tags of a rule.
///
/// Source: EventBridge API Reference, ListTagsForResource.
package enum ListTagsForRule: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let rule: RuleLocator
    }

    package static let name = "ListTagsForResource"
    package static let action = "events:ListTagsForResource"
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
    ) async throws(EventBridgeError) -> [ResourceTag] {
        try call.resource.existing().tags
    }

    package static let input: [Member] = [.required("ResourceARN", .eventARN)]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        Request(rule: try call.taggedRule(input.requiredString("ResourceARN")))
    }

    package static func encode(_ response: [ResourceTag], into output: inout OutputWriter) {
        response.encode(into: &output)
    }
}

extension [ResourceTag] {
    func encode(into output: inout OutputWriter) {
        output.objects("Tags", self) { output, tag in
            output.string("Key", tag.key)
            output.string("Value", tag.value)
        }
    }
}
