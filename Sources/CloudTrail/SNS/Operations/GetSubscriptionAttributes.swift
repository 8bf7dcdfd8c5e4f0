import AWSProtocol
package import Operations

/// Shows the attributes of a subscription.
///
/// Source: SNS API Reference, GetSubscriptionAttributes.
package enum GetSubscriptionAttributes: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let subscription: SubscriptionLocator
    }

    package static let name = "GetSubscriptionAttributes"
    package static let action = "sns:GetSubscriptionAttributes"
    package static let isReadOnly = true
    package static let errors = [
        "InvalidParameterException", "InternalErrorException", "NotFoundException",
        "AuthorizationErrorException",
    ]

    package static func references(in request: Request) -> [TopicLocator] { [request.subscription.topic] }

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
        guard let subscription = call.resource.entry(call.request.subscription.id)?.subscription else {
            throw .subscriptionNotFound
        }
        var attributes = [
            (key: "SubscriptionArn", value: subscription.locator.arn),
            (key: "TopicArn", value: subscription.topic.arn),
            (key: "Owner", value: subscription.owner.description),
            (key: "Protocol", value: subscription.channel.rawValue),
            (key: "Endpoint", value: subscription.endpoint),
            (key: "PendingConfirmation", value: String(!subscription.isConfirmed)),
            (key: "ConfirmationWasAuthenticated", value: String(subscription.wasConfirmedSigned)),
            (key: "RawMessageDelivery", value: String(subscription.isRaw)),
        ]
        if let policy = subscription.filterPolicy {
            attributes.append(("FilterPolicy", policy))
            attributes.append(("FilterPolicyScope", subscription.filterScope.rawValue))
        }
        if let policy = subscription.deliveryPolicy {
            attributes.append(("DeliveryPolicy", policy))
            let schedule = try DeliverySchedule(parsing: policy, ofTopic: false)
            attributes.append(("EffectiveDeliveryPolicy", schedule.rendered(ofTopic: false)))
        }
        return attributes
    }
}

// MARK: Wire

extension GetSubscriptionAttributes {
    package static let input: [Member] = [.required("SubscriptionArn", .snsText)]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(subscription: try input.subscription("SubscriptionArn"))
    }

    package static func encode(_ response: [(key: String, value: String)], into output: inout OutputWriter) {
        output.map("Attributes", response)
    }
}
