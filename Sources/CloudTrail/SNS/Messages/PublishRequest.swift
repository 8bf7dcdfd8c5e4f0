import AWSProtocol
import Operations

/// The members that Publish and an entry of PublishBatch have in common.
enum PublishRequest {
    static let members: [Member] = [
        .required("Message", .string(isSensitive: true)), .optional("Subject", .string(isSensitive: true)),
        .optional("MessageStructure", .snsText), .optional("MessageAttributes", .messageAttributes),
        .optional("MessageDeduplicationId", .snsText), .optional("MessageGroupId", .snsText),
    ]

    /// A message of those members.
    ///
    /// - Throws: `.invalidParameter` for what SNS does not take.
    static func message(from input: Input) throws(SNSError) -> PublishedMessage {
        let text = input.requiredString("Message")
        guard !text.isEmpty else { throw .invalidParameter("Empty message") }
        guard input.string("MessageDeduplicationId") == nil else {
            throw .invalidParameter(
                "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter "
                    + "that is not valid for this topic type"
            )
        }
        var message: PublishedMessage
        switch input.string("MessageStructure") {
        case nil, "": message = PublishedMessage(id: UnguessableID.make(), text: text)
        case "json": message = try structured(text)
        default: throw .invalidParameter("MessageStructure")
        }
        message.subject = try subject(input.string("Subject"))
        message.attributes = try attributes(input.structures("MessageAttributes") ?? [])
        guard message.byteCount <= PublishedMessage.bytesMax, text.utf8.count <= PublishedMessage.bytesMax
        else {
            throw .invalidParameter("Message too long")
        }
        return message
    }

    /// A message whose texts differ by protocol: a JSON object with a text for each, and one for all others.
    private static func structured(_ text: String) throws(SNSError) -> PublishedMessage {
        guard let json = try? JSON.parse(text, depthMax: 8), case .object(let object) = json else {
            throw .invalidParameter("Message Structure - JSON message body failed to parse")
        }
        guard let standard = object["default"]?.text else {
            throw .invalidParameter("Message Structure - No default entry in JSON message body")
        }
        var message = PublishedMessage(id: UnguessableID.make(), text: standard)
        for channel in Subscription.Channel.allCases {
            message.textsByChannel[channel.rawValue] = object[channel.rawValue]?.text
        }
        return message
    }

    /// At most 100 characters of one line that does not begin with a space (SNS API Reference, Publish).
    private static func subject(_ text: String?) throws(SNSError) -> String? {
        guard let text else { return nil }
        guard (1...100).contains(text.count), text.first != " ",
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { throw .invalidParameter("Subject") }
        return text
    }

    private static func attributes(_ entries: [Input]) throws(SNSError) -> [MessageAttribute] {
        var attributes: [MessageAttribute] = []
        for entry in entries {
            let name = entry.requiredString("Name")
            guard let value = entry.structure("Value") else { throw .invalidParameter("MessageAttributes") }
            attributes.append(try attribute(name, value))
        }
        guard Set(attributes.map(\.name)).count == attributes.count else {
            throw .invalidParameter("MessageAttributes Reason: a name occurs twice")
        }
        return attributes.sorted { $0.name < $1.name }
    }

    private static func attribute(_ name: String, _ input: Input) throws(SNSError) -> MessageAttribute {
        let type = input.requiredString("DataType")
        func fault(_ text: String) -> SNSError {
            .invalidParameter("The message attribute '\(name.prefix(256))' \(text)")
        }
        let isName =
            (1...256).contains(name.utf8.count) && !name.hasPrefix(".") && !name.hasSuffix(".")
            && !name.contains("..")
            && name.unicodeScalars.allSatisfy { $0.isASCIIAlphanumeric || "_-.".unicodeScalars.contains($0) }
        guard isName else { throw fault("has a name that it cannot have") }
        switch type.prefix(while: { $0 != "." }) {
        case "Binary":
            guard let bytes = input.blob("BinaryValue"), !bytes.isEmpty else {
                throw fault("must contain a non-empty message attribute value")
            }
            return MessageAttribute(name: name, type: type, value: Base64.encode(bytes))
        case "String", "Number":
            guard let text = input.string("StringValue"), !text.isEmpty else {
                throw fault("must contain a non-empty message attribute value")
            }
            if type.hasPrefix("Number") {
                guard let json = try? JSON.parse(text), case .number = json else {
                    throw fault("is of the type Number and no number")
                }
            }
            return MessageAttribute(name: name, type: type, value: text)
        default: throw fault("has a type that is not String, Number or Binary")
        }
    }
}
