package import Operations

/// Sets one attribute of a subscription.
///
/// Source: SNS API Reference, SetSubscriptionAttributes.
package enum SetSubscriptionAttributes: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let subscription: SubscriptionLocator
        let attribute: String
        let value: String
    }

    package static let name = "SetSubscriptionAttributes"
    package static let action = "sns:SetSubscriptionAttributes"
    package static let isReadOnly = false
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
    ) async throws(SNSError) -> NoOutput {
        let request = call.request
        try await sns.change(request.subscription) { subscription throws(SNSError) in
            try subscription.set(request.attribute, request.value)
        }
        return NoOutput()
    }
}

// MARK: Wire

extension SetSubscriptionAttributes {
    package static let input: [Member] = [
        .required("SubscriptionArn", .snsText), .required("AttributeName", .snsText),
        .optional("AttributeValue", .snsText),
    ]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(
            subscription: try input.subscription("SubscriptionArn"),
            attribute: input.requiredString("AttributeName"),
            value: input.string("AttributeValue") ?? ""
        )
    }
}
