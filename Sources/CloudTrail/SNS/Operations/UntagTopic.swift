import Authorization
package import Operations

/// Takes tags away from a topic.
///
/// Source: SNS API Reference, UntagResource.
package enum UntagTopic: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let keys: [String]
    }

    package static let name = "UntagResource"
    package static let action = "sns:UntagResource"
    package static let isReadOnly = false
    package static let errors = [
        "ResourceNotFoundException", "InvalidParameterException", "AuthorizationErrorException",
        "ConcurrentAccessException",
    ]

    package static func references(in request: Request) -> [TopicLocator] { [request.topic] }

    package static func requirements(
        of request: Request,
        on resources: [TopicSnapshot],
        for call: Call
    ) -> [Requirement] {
        let tags = request.keys.map { ResourceTag(key: $0, value: "") }
        return [
            resources[0].requirement(action) { key in
                key.global == .tagKeys ? tags.requestCondition(key) : nil
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in sns: NotificationService
    ) async throws(SNSError) -> EmptyOutput {
        try await sns.change(call.request.topic) { topic throws(SNSError) in
            topic.tags.removeAll { call.request.keys.contains($0.key) }
        }
        return EmptyOutput()
    }
}

// MARK: Wire

extension UntagTopic {
    package static let input: [Member] = [
        .required("ResourceArn", .taggedTopic), .required("TagKeys", .resourceTagKeys),
    ]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(topic: try input.taggedTopic(for: call), keys: input.strings("TagKeys") ?? [])
    }

    package static func encode(_ response: EmptyOutput, into output: inout OutputWriter) {}
}
