import AWSProtocol
package import Operations

/// Sends up to ten messages to the subscribers of a topic; one that is refused does not stop the others.
///
/// Source: SNS API Reference, PublishBatch.
package enum PublishBatch: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let entries: [Entry]
    }

    /// A message, or why it is none.
    package struct Entry: Sendable {
        let id: String
        let message: Result<PublishedMessage, SNSError>
    }

    package static let name = "PublishBatch"
    package static let action = "sns:Publish"
    package static let isReadOnly = false
    package static let errors = [
        "InvalidParameterException", "InternalErrorException", "NotFoundException",
        "AuthorizationErrorException", "BatchEntryIdsNotDistinctException", "BatchRequestTooLongException",
        "EmptyBatchRequestException", "InvalidBatchEntryIdException", "TooManyEntriesInBatchRequestException",
    ]

    private static let entriesMax = 10

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
    ) async throws(SNSError) -> [Entry] {
        var messages: [PublishedMessage] = []
        for entry in call.request.entries {
            if case .success(let message) = entry.message { messages.append(message) }
        }
        try await sns.publish(messages, to: call.resource, at: call.call.now)
        return call.request.entries
    }
}

// MARK: Wire

extension PublishBatch {
    package static let input: [Member] = [
        .required("TopicArn", .snsText),
        .required(
            "PublishBatchRequestEntries",
            .list(.structure([.required("Id", .snsText)] + PublishRequest.members))
        ),
    ]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        let inputs = input.structures("PublishBatchRequestEntries") ?? []
        guard !inputs.isEmpty else { throw .batch(.empty) }
        guard inputs.count <= entriesMax else { throw .batch(.tooMany) }
        let ids = inputs.map { $0.requiredString("Id") }
        guard Set(ids).count == ids.count else { throw .batch(.notDistinct) }
        let isAllowed = ids.allSatisfy { id in
            (1...80).contains(id.utf8.count)
                && id.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || $0 == "-" || $0 == "_" }
        }
        guard isAllowed else { throw .batch(.invalidID) }
        let entries = inputs.map { input in
            Entry(
                id: input.requiredString("Id"),
                message: Result { () throws(SNSError) in try PublishRequest.message(from: input) }
            )
        }
        let bytes = entries.reduce(0) { sum, entry in
            if case .success(let message) = entry.message { sum + message.byteCount } else { sum }
        }
        guard bytes <= PublishedMessage.bytesMax else { throw .batch(.tooLong) }
        return Request(topic: try input.topic("TopicArn", for: call), entries: entries)
    }

    package static func encode(_ response: [Entry], into output: inout OutputWriter) {
        var sent: [(String, PublishedMessage)] = []
        var failed: [(String, SNSError)] = []
        for entry in response {
            switch entry.message {
            case .success(let message): sent.append((entry.id, message))
            case .failure(let error): failed.append((entry.id, error))
            }
        }
        output.objects("Successful", sent) { output, entry in
            output.string("Id", entry.0)
            output.string("MessageId", entry.1.id)
        }
        output.objects("Failed", failed) { output, entry in
            let wire = entry.1.wire
            output.string("Id", entry.0)
            output.string("Code", wire.code)
            output.string("Message", wire.message)
            output.flag("SenderFault", wire.fault == .client)
        }
    }
}
