package import Operations

/// Lists the tags of a topic.
///
/// Source: SNS API Reference, ListTagsForResource.
package enum ListTagsForTopic: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
    }

    package static let name = "ListTagsForResource"
    package static let action = "sns:ListTagsForResource"
    package static let isReadOnly = true
    package static let errors = [
        "ResourceNotFoundException", "InvalidParameterException", "AuthorizationErrorException",
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
    ) async throws(SNSError) -> [ResourceTag] {
        call.resource.topic.tags
    }
}

// MARK: Wire

extension ListTagsForTopic {
    package static let input: [Member] = [.required("ResourceArn", .taggedTopic)]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(topic: try input.taggedTopic(for: call))
    }

    package static func encode(_ response: [ResourceTag], into output: inout OutputWriter) {
        response.encode(into: &output)
    }
}
