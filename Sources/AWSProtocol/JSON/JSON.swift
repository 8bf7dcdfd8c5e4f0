/// A JSON value (RFC 8259) read strictly and without copying its texts.
///
/// Values print neither their texts nor their numbers: requests carry plaintext and secrets.
package enum JSON: Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(JSONString)
    case array([JSON])
    case object(JSONObject)

    /// Reads one value and nothing behind it but white space.
    ///
    /// Refused are duplicate member names, text that is not UTF-8, lone surrogates, control characters in
    /// strings, numbers outside of the grammar, and values nested deeper than `depthMax`. The value keeps
    /// `bytes` alive.
    package static func parse(_ bytes: [UInt8], depthMax: Int = 32) throws(JSONError) -> JSON {
        guard bytes.count <= Self.bytesMax else { throw .tooLong }
        return try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) -> JSON in
            var parser = JSONParser(source: bytes, buffer: buffer, depthMax: depthMax)
            return try parser.parseDocument()
        }
    }

    /// Reads one value from text.
    package static func parse(_ text: String, depthMax: Int = 32) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), depthMax: depthMax)
    }

    package var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The text of a string; nil for any other value.
    package var text: String? {
        if case .string(let string) = self { string.text } else { nil }
    }

    /// The elements of an array; nil for any other value.
    package var elements: [JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The member of an object; nil when there is none or the value is no object.
    package subscript(name: String) -> JSON? {
        if case .object(let object) = self { object[name] } else { nil }
    }

    /// What the positions of a parsed value can address.
    private static let bytesMax = Int(UInt32.max)
}
