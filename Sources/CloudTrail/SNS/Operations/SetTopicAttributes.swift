package import Operations

/// Sets one attribute of a topic.
///
/// Source: SNS API Reference, SetTopicAttributes.
package enum SetTopicAttributes: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let attribute: String
        let value: String
    }

    package static let name = "SetTopicAttributes"
    package static let action = "sns:SetTopicAttributes"
    package static let isReadOnly = false
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
    ) async throws(SNSError) -> NoOutput {
        let attribute = try await sns.topicAttribute(call.request.attribute, call.request.value)
        try await sns.change(call.request.topic) { topic throws(SNSError) in topic.set(attribute) }
        return NoOutput()
    }
}

// MARK: Wire

extension SetTopicAttributes {
    package static let input: [Member] = [
        .required("TopicArn", .snsText), .required("AttributeName", .snsText),
        .optional("AttributeValue", .snsText),
    ]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(
            topic: try input.topic("TopicArn", for: call),
            attribute: input.requiredString("AttributeName"),
            value: input.string("AttributeValue") ?? ""
        )
    }
}
