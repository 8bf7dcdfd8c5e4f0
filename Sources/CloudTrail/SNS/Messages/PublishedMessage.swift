import AWSProtocol

/// A message for the subscribers of a topic.
package struct PublishedMessage: Hashable, Sendable {
    let id: String
    let text: String
    var subject: String?
    /// By the name of the attribute, ascending.
    var attributes: [MessageAttribute] = []
    /// Texts for single protocols, of a message with the structure `json`.
    var textsByChannel: [String: String] = [:]

    init(id: String, text: String) {
        self.id = id
        self.text = text
    }

    /// Bytes of a message with its attributes (SNS API Reference, Publish).
    static let bytesMax = 256 << 10

    var byteCount: Int {
        text.utf8.count
            + attributes.reduce(0) { $0 + $1.name.utf8.count + $1.type.utf8.count + $1.value.utf8.count }
    }

    /// What the subscribers of a channel get.
    func text(for channel: Subscription.Channel) -> String { textsByChannel[channel.rawValue] ?? text }

    /// What filter policies are held against; nil when an attribute is not what its type says.
    var attributesAsJSON: JSON? {
        var writer = JSONWriter()
        writer.beginObject()
        for attribute in attributes {
            let kind = attribute.type.prefix { $0 != "." }
            // Of binary attributes a filter knows nothing.
            guard kind != "Binary" else { continue }
            writer.name(attribute.name)
            if kind == "Number" || attribute.type == "String.Array" {
                guard let value = try? JSON.parse(attribute.value, depthMax: 4) else { return nil }
                writer.value(value)
            } else {
                writer.string(attribute.value)
            }
        }
        writer.endObject()
        return try? JSON.parse(writer.bytes, depthMax: 8)
    }
}

/// A named value beside a message.
struct MessageAttribute: Hashable, Sendable, Codable {
    let name: String
    /// `String`, `String.Array`, `Number` or `Binary`, perhaps with a suffix.
    let type: String
    /// The text; base64 of binary values.
    let value: String
}
