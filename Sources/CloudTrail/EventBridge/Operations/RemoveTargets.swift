package import Operations

/// Takes targets away from a rule; those that it does not have are told as failed.
///
/// Source: EventBridge API Reference, RemoveTargets.
package enum RemoveTargets: DurableOperation {
    package typealias Service = EventBridgeService

    package struct Request: Sendable {
        let rule: RuleLocator
        let ids: [String]
    }

    package static let name = "RemoveTargets"
    package static let action = "events:RemoveTargets"
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
        [resources[0].requirement(action)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in events: EventBridgeService
    ) async throws(EventBridgeError) -> [FailedTarget] {
        let request = call.request
        var failed: [FailedTarget] = []
        try await events.change(request.rule) { rule throws(EventBridgeError) in
            guard var rule else { throw .ruleNotFound(request.rule.name) }
            let known = Set(rule.targets.map(\.id))
            failed = request.ids.filter { !known.contains($0) }.map {
                FailedTarget(
                    id: $0,
                    code: "ResourceNotFoundException",
                    message: "Rule does not have the target \($0)."
                )
            }
            rule.targets.removeAll { request.ids.contains($0.id) }
            return rule
        }
        return failed
    }
}

/// A target that a request could not change.
package struct FailedTarget: Sendable {
    let id: String
    let code: String
    let message: String
}

// MARK: Wire

extension RemoveTargets {
    package static let input: [Member] = [
        .required("Rule", .ruleName), .optional("EventBusName", .eventBusName),
        .required("Ids", .list(.ruleName, length: 1...100)), .optional("Force", .boolean),
    ]

    package static func request(from input: Input, for call: Call) throws(EventBridgeError) -> Request {
        Request(
            rule: try call.rule(input.requiredString("Rule"), bus: input.string("EventBusName")),
            ids: input.strings("Ids") ?? []
        )
    }

    package static func encode(_ response: [FailedTarget], into output: inout OutputWriter) {
        response.encode(into: &output)
    }
}

extension [FailedTarget] {
    /// The members that PutTargets and RemoveTargets answer.
    func encode(into output: inout OutputWriter) {
        output.integer("FailedEntryCount", count)
        output.objects("FailedEntries", self) { output, failed in
            output.string("TargetId", failed.id)
            output.string("ErrorCode", failed.code)
            output.string("ErrorMessage", failed.message)
        }
    }
}
