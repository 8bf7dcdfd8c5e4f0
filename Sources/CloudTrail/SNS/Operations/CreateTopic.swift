import AWSProtocol
package import Operations
import Storage

/// Makes a topic; one that is there and the same is answered as if it was made now.
///
/// Source: SNS API Reference, CreateTopic.
package enum CreateTopic: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let attributes: [(key: String, value: String)]
        let tags: [ResourceTag]
    }

    package static let name = "CreateTopic"
    package static let action = "sns:CreateTopic"
    package static let isReadOnly = false
    package static let errors = [
        "InvalidParameterException", "TopicLimitExceededException", "InternalErrorException",
        "AuthorizationErrorException", "TagLimitExceededException", "ConcurrentAccessException",
    ]

    package static func references(in request: Request) -> [TopicLocator] { [] }

    package static func requirements(
        of request: Request,
        on resources: [TopicSnapshot],
        for call: Call
    ) -> [Requirement] {
        let tags = request.tags
        var requirements = [Requirement.topic(action, request.topic) { tags.requestCondition($0) }]
        if !tags.isEmpty {
            requirements.append(.topic("sns:TagResource", request.topic) { tags.requestCondition($0) })
        }
        return requirements
    }

    package static func run(
        _ call: Authorized<Self>,
        in sns: NotificationService
    ) async throws(SNSError) -> TopicLocator {
        let request = call.request
        var attributes: [TopicAttribute] = []
        for (name, value) in request.attributes {
            attributes.append(try await sns.topicAttribute(name, value))
        }
        if let (known, _) = try await sns.readTopic(request.topic) {
            return try same(known, attributes, request)
        }
        var topic = Topic(locator: request.topic, createdAt: call.call.now)
        for attribute in attributes { topic.set(attribute) }
        topic.tags = request.tags
        let value = try await sns.storing { () async throws(StorageError) in try RecordCoding.encode(topic) }
        let isMade = try await sns.committed { () throws(StorageError) in
            [.put(request.topic.recordKey, value, expecting: .absent)]
        }
        sns.dropFromMemory(request.topic)
        guard isMade else {
            guard let (known, _) = try await sns.readTopic(request.topic) else { throw .concurrentAccess }
            return try same(known, attributes, request)
        }
        return request.topic
    }

    /// The topic that is there, if the request asks for nothing else.
    private static func same(
        _ known: Topic,
        _ attributes: [TopicAttribute],
        _ request: Request
    ) throws(SNSError) -> TopicLocator {
        var wanted = known
        for attribute in attributes { wanted.set(attribute) }
        guard wanted == known else {
            throw .invalidParameter("Attributes Reason: Topic already exists with different attributes")
        }
        guard request.tags.isEmpty || Set(request.tags) == Set(known.tags) else {
            throw .invalidParameter("Tags Reason: Topic already exists with different tags")
        }
        return request.topic
    }
}

// MARK: Wire

extension CreateTopic {
    package static let input: [Member] = [
        .required("Name", .snsText), .optional("Attributes", .map), .optional("Tags", .resourceTags),
        .optional("DataProtectionPolicy", .snsText),
    ]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        let name = input.requiredString("Name")
        guard !name.hasSuffix(".fifo") else {
            throw .invalidParameter("Topic Name Reason: this deployment has no FIFO topics")
        }
        guard TopicLocator.isName(name) else { throw .invalidParameter("Topic Name") }
        guard (input.string("DataProtectionPolicy") ?? "").isEmpty else {
            throw .invalidParameter("DataProtectionPolicy Reason: it is not supported")
        }
        return Request(
            topic: TopicLocator(account: try call.snsAccount(), region: call.region, name: name),
            attributes: input.map("Attributes") ?? [],
            tags: try input.snsTags("Tags")
        )
    }

    package static func encode(_ response: TopicLocator, into output: inout OutputWriter) {
        output.string("TopicArn", response.arn)
    }
}
