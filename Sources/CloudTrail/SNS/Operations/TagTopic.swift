package import Operations

/// Adds tags to a topic, or changes the values of those it has.
///
/// Source: SNS API Reference, TagResource.
package enum TagTopic: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let tags: [ResourceTag]
    }

    package static let name = "TagResource"
    package static let action = "sns:TagResource"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "TagLimitExceededException", "InvalidParameterException",
        "AuthorizationErrorException", "ConcurrentAccessException",
    ]

    package static func references(in request: Request) -> [TopicLocator] { [request.topic] }

    package static func requirements(
        of request: Request,
        on resources: [TopicSnapshot],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action) { [tags = request.tags] in tags.requestCondition($0) }]
    }

    package static func run(
        _ call: Authorized<Self>,
        in sns: NotificationService
    ) async throws(SNSError) -> EmptyOutput {
        try await sns.change(call.request.topic) { topic throws(SNSError) in
            topic.tags = topic.tags.merging(call.request.tags)
            guard topic.tags.count <= ResourceTag.perResourceMax else { throw .tagLimit }
        }
        return EmptyOutput()
    }
}

// MARK: Wire

extension TagTopic {
    package static let input: [Member] = [
        .required("ResourceArn", .taggedTopic), .required("Tags", .resourceTags),
    ]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(topic: try input.taggedTopic(for: call), tags: try input.snsTags("Tags"))
    }

    package static func encode(_ response: EmptyOutput, into output: inout OutputWriter) {}
}

extension Input {
    /// The topic that a tagging operation names.
    func taggedTopic(for call: Call) throws(SNSError) -> TopicLocator {
        guard let topic = TopicLocator(arn: requiredString("ResourceArn")), topic.region == call.region else {
            throw .resourceNotFound
        }
        return topic
    }
}
