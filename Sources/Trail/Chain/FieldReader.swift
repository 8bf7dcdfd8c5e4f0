/// Reads JSON text that the trail itself wrote, whose form is known to the byte.
///
/// A general parser would accept other spellings of the same values; a header, a digest and a head have one.
struct FieldReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    /// Whether all was read.
    var isAtEnd: Bool { rest.isEmpty }

    /// Steps over exactly these characters.
    mutating func skip(_ literal: String) -> Bool {
        guard rest.starts(with: literal.utf8) else { return false }
        rest = rest.dropFirst(literal.utf8.count)
        return true
    }

    /// The characters up to `end`, which is stepped over; nil when it does not come.
    mutating func text(upTo end: Unicode.Scalar) -> String? {
        guard let found = rest.firstIndex(of: UInt8(ascii: end)) else { return nil }
        let text = String(Substring(rest[..<found]))
        rest = rest[rest.index(after: found)...]
        return text
    }

    /// A number without leading zeros up to `end`, which is stepped over.
    mutating func number(upTo end: Unicode.Scalar) -> UInt64? {
        guard let text = text(upTo: end), let number = UInt64(text), String(number) == text else {
            return nil
        }
        return number
    }

    mutating func hash(upTo end: Unicode.Scalar) -> ChainHash? {
        text(upTo: end).flatMap { ChainHash($0) }
    }

    mutating func trail(upTo end: Unicode.Scalar) -> TrailID? {
        text(upTo: end).flatMap { TrailID($0) }
    }

    mutating func signature(upTo end: Unicode.Scalar) -> TrailSignature? {
        text(upTo: end).flatMap { TrailSignature($0) }
    }
}
