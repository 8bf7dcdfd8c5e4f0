import AWSProtocol
package import Operations

/// Shows the attributes of a topic.
///
/// Source: SNS API Reference, GetTopicAttributes.
package enum GetTopicAttributes: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
    }

    package static let name = "GetTopicAttributes"
    package static let action = "sns:GetTopicAttributes"
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
    ) async throws(SNSError) -> [(key: String, value: String)] {
        let topic = call.resource.topic
        let confirmed = call.resource.entries.count { $0.subscription.isConfirmed }
        let schedule = try topic.deliveryPolicy.map { text throws(SNSError) in
            try DeliverySchedule(parsing: text, ofTopic: true)
        }
        var attributes = [
            (key: "TopicArn", value: topic.locator.arn),
            (key: "Owner", value: topic.locator.account.description),
            (key: "DisplayName", value: topic.displayName), (key: "Policy", value: topic.policyText),
            (key: "SubscriptionsConfirmed", value: String(confirmed)),
            (key: "SubscriptionsPending", value: String(call.resource.entries.count - confirmed)),
            (key: "SubscriptionsDeleted", value: "0"),
            (key: "EffectiveDeliveryPolicy", value: (schedule ?? .standard).rendered(ofTopic: true)),
            (key: "SignatureVersion", value: String(topic.signatureVersion)),
        ]
        if let policy = topic.deliveryPolicy { attributes.append(("DeliveryPolicy", policy)) }
        return attributes
    }
}

// MARK: Wire

extension GetTopicAttributes {
    package static let input: [Member] = [.required("TopicArn", .snsText)]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(topic: try input.topic("TopicArn", for: call))
    }

    package static func encode(_ response: [(key: String, value: String)], into output: inout OutputWriter) {
        output.map("Attributes", response)
    }
}
