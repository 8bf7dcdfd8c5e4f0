package import Operations

/// Lists the subscriptions to a topic, 100 at a time.
///
/// Source: SNS API Reference, ListSubscriptionsByTopic.
package enum ListSubscriptionsByTopic: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let token: String?
    }

    package static let name = "ListSubscriptionsByTopic"
    package static let action = "sns:ListSubscriptionsByTopic"
    package static let isReadOnly = true
    package static let errors = [
        "InvalidParameterException", "InternalErrorException", "NotFoundException",
        "AuthorizationErrorException",
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
    ) async throws(SNSError) -> SNSPage<SubscriptionView> {
        let topic = call.request.topic
        return try await sns.subscriptions(
            below: topic.path + "/",
            token: call.request.token,
            list: "\(name) \(topic.name)",
            for: call.call
        )
    }
}

// MARK: Wire

extension ListSubscriptionsByTopic {
    package static let input: [Member] = [.required("TopicArn", .snsText), .optional("NextToken", .snsText)]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(topic: try input.topic("TopicArn", for: call), token: input.string("NextToken"))
    }

    package static func encode(_ response: SNSPage<SubscriptionView>, into output: inout OutputWriter) {
        response.encode(into: &output)
    }
}
