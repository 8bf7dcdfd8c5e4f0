package import Operations

/// Takes a statement away from a topic's policy.
///
/// Source: SNS API Reference, RemovePermission.
package enum RemovePermission: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let label: String
    }

    package static let name = "RemovePermission"
    package static let action = "sns:RemovePermission"
    package static let isReadOnly = false
    package static let errors = [
        "InvalidParameterException", "InternalErrorException", "AuthorizationErrorException",
        "NotFoundException",
    ]

    package static func references(in request: Request) -> [TopicLocator] { [request.topic] }

    package static func requirements(
        of request: Request,
        on resources: [TopicSnapshot],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in sns: NotificationService
    ) async throws(SNSError) -> NoOutput {
        let request = call.request
        let old = call.resource.topic
        var statements = PolicyStatements(of: old)
        guard statements.has(request.label) else { throw .invalidParameter("Statement ID does not exist") }
        statements.remove(request.label)
        let policy = try await sns.checkedPolicy(statements.text)
        try await sns.change(request.topic) { topic throws(SNSError) in
            guard topic.policy == old.policy else { throw .concurrentAccess }
            topic.policy = policy
        }
        return NoOutput()
    }
}

// MARK: Wire

extension RemovePermission {
    package static let input: [Member] = [.required("TopicArn", .snsText), .required("Label", .snsText)]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(topic: try input.topic("TopicArn", for: call), label: input.requiredString("Label"))
    }
}
