import AWSProtocol
package import Operations
import Storage

/// Deletes a topic with its subscriptions; one that does not exist is deleted already.
///
/// What waits for its endpoints is not delivered any more. Source: SNS API Reference, DeleteTopic.
package enum DeleteTopic: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
    }

    package static let name = "DeleteTopic"
    package static let action = "sns:DeleteTopic"
    package static let isReadOnly = false
    package static let errors = [
        "InvalidParameterException", "InternalErrorException", "AuthorizationErrorException",
        "NotFoundException", "ConcurrentAccessException",
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
        let topic = call.request.topic
        // What was subscribed meanwhile has no topic any more; the sweep for unconfirmed ones removes it.
        let subscriptions = call.resource.entries.map(\.subscription.locator.recordKey)
        _ = try await sns.committed { () throws(StorageError) in
            [.delete(topic.recordKey, expecting: .any)]
                + subscriptions.map { .delete($0, expecting: .any) }
        }
        sns.dropFromMemory(topic)
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteTopic {
    package static let input: [Member] = [.required("TopicArn", .snsText)]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(topic: try input.topic("TopicArn", for: call))
    }
}
