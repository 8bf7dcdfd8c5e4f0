package import Operations

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

    // MARK: Wire

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
