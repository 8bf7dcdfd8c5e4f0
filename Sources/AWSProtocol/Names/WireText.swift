/// A value that is one line of text on the wire and in stores, and always well formed.
package protocol WireText: LosslessStringConvertible, Codable, Hashable, Sendable {}

extension WireText {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "not a valid \(Self.self)"
            )
        }
        self = value
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
