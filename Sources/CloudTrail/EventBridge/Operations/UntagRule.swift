import Authorization
package import Operations

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

    // MARK: Wire

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
