package import Operations

/// Sends a message to the subscribers of a topic; when it is answered the message is stored for each of them.
///
/// Source: SNS API Reference, Publish.
package enum Publish: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let message: PublishedMessage
    }

    package static let name = "Publish"
    package static let action = "sns:Publish"
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
    ) async throws(SNSError) -> String {
        try await sns.publish([call.request.message], to: call.resource, at: call.call.now)
        return call.request.message.id
    }
}

// MARK: Wire

extension Publish {
    package static let input: [Member] =
        [
            .optional("TopicArn", .snsText), .optional("TargetArn", .snsText),
            .optional("PhoneNumber", .string(isSensitive: true)),
        ] + PublishRequest.members

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        guard input.string("PhoneNumber") == nil else {
            throw .invalidParameter("PhoneNumber Reason: messages go to topics only")
        }
        let names = ["TopicArn", "TargetArn"].filter { input.string($0) != nil }
        guard let name = names.first, names.count == 1 else {
            throw .invalidParameter("TopicArn or TargetArn Reason: one of them is required")
        }
        return Request(
            topic: try input.topic(name, for: call),
            message: try PublishRequest.message(from: input)
        )
    }

    package static func encode(_ response: String, into output: inout OutputWriter) {
        output.string("MessageId", response)
    }
}
