/// An answer in Redis's protocol, version 2.
///
/// Source: Redis documentation, "Redis serialization protocol specification".
enum RESPValue: Hashable, Sendable {
    /// A short text such as `OK`.
    case simple(String)
    /// The first word tells the kind of error; the text may repeat what was asked for.
    case error(String)
    case integer(Int64)
    /// Bytes; nil for nothing.
    case bulk([UInt8]?)
    case array([RESPValue]?)

    /// The text of a string of either form; nil for bytes that are no UTF-8, and for all else.
    var text: String? {
        switch self {
        case .simple(let text): text
        case .bulk(let bytes?): String(validating: bytes, as: UTF8.self)
        default: nil
        }
    }

    var elements: [RESPValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }
}
