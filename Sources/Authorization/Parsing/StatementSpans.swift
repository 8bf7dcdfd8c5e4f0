/// Finds where in a policy's text its statements stand.
///
/// The text has been read as a policy before, so that it is known to be JSON of a bounded depth.
package enum StatementSpans {
    /// A place in a text, both counted from one; columns count characters.
    package struct Position: Hashable, Sendable {
        package let line: Int
        package let column: Int
    }

    /// From the first character of a statement to the one behind it.
    package struct Span: Hashable, Sendable {
        package let start: Position
        package let end: Position
    }

    /// The spans of a policy's statements in their order.
    package static func spans(in text: String) -> [Span] {
        let bytes = Array(text.utf8)
        return ranges(in: bytes).map { range in
            Span(start: position(range.lowerBound, in: bytes), end: position(range.upperBound, in: bytes))
        }
    }

    private static func position(_ offset: Int, in bytes: [UInt8]) -> Position {
        let before = bytes[..<offset]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        // Bytes that continue a character of UTF-8 count for nothing.
        let column = before[lineStart...].count { $0 & 0b1100_0000 != 0b1000_0000 } + 1
        return Position(line: line, column: column)
    }

    /// The ranges of the objects that are the value of `Statement`, or its elements.
    private static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var depth = 0
        var name: String?
        var isStatement = false
        var start: Int?
        var startDepth = 0
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                let end = stringEnd(bytes, from: index)
                if depth == 1 { name = String(decoding: bytes[index..<end], as: UTF8.self) }
                index = end
                continue
            case UInt8(ascii: ":") where depth == 1: isStatement = name.map(isStatementName) ?? false
            case UInt8(ascii: ",") where depth == 1: isStatement = false
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if isStatement, start == nil, bytes[index] == UInt8(ascii: "{") {
                    start = index
                    startDepth = depth
                }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if let begin = start, depth == startDepth {
                    ranges.append(begin..<(index + 1))
                    start = nil
                }
            default: break
            }
            index += 1
        }
        return ranges
    }

    /// The offset behind a string.
    private static func stringEnd(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }

    /// Whether a string, as it is written, is the name of the element.
    private static func isStatementName(_ written: String) -> Bool {
        guard case .string("Statement")? = try? JSONReader.read(written) else { return false }
        return true
    }
}
