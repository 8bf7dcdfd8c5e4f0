/// A text with `*` for any characters, matched in time proportional to the value's length.
///
/// `\*` and `\\` stand for the characters themselves.
struct WildcardPattern: Sendable {
    /// Wildcards in one pattern; more are refused as too complex.
    static let wildcardsMax = 32

    /// What stands before, between and behind the wildcards; at least one.
    private let pieces: [Piece]

    init(_ text: String) throws(EventPatternError) {
        var pieces: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in text.utf8 {
            if isEscaped {
                guard byte == UInt8(ascii: "*") || byte == UInt8(ascii: "\\") else {
                    throw .invalidOperand(operator: "wildcard")
                }
                pieces[pieces.count - 1].append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "*") {
                if pieces.count > 1, pieces.last?.isEmpty == true { throw .consecutiveWildcards }
                pieces.append([])
            } else {
                pieces[pieces.count - 1].append(byte)
            }
        }
        guard !isEscaped else { throw .invalidOperand(operator: "wildcard") }
        guard pieces.count - 1 <= Self.wildcardsMax else { throw .tooManyWildcards(max: Self.wildcardsMax) }
        self.pieces = pieces.map(Piece.init)
    }

    func matches(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        let first = pieces[0].bytes
        guard pieces.count > 1 else { return value.elementsEqual(first) }
        let last = pieces[pieces.count - 1].bytes
        guard value.count >= first.count + last.count, value.starts(with: first),
            value.suffix(last.count).elementsEqual(last)
        else { return false }
        var index = first.count
        let end = value.count - last.count
        for piece in pieces[1..<(pieces.count - 1)] {
            guard let next = piece.end(in: value, from: index, to: end) else { return false }
            index = next
        }
        return true
    }

    /// A text to be found, with Knuth, Morris and Pratt's table, so that no value makes the search slow.
    private struct Piece: Sendable {
        let bytes: [UInt8]
        private let fallbacks: [Int]

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            var fallbacks = [Int](repeating: 0, count: bytes.count)
            var length = 0
            for index in bytes.indices.dropFirst() {
                while length > 0, bytes[index] != bytes[length] { length = fallbacks[length - 1] }
                if bytes[index] == bytes[length] { length += 1 }
                fallbacks[index] = length
            }
            self.fallbacks = fallbacks
        }

        /// Where the first occurrence ends.
        func end(in value: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
            guard !bytes.isEmpty else { return start }
            var matched = 0
            for index in start..<max(start, end) {
                while matched > 0, value[index] != bytes[matched] { matched = fallbacks[matched - 1] }
                if value[index] == bytes[matched] { matched += 1 }
                if matched == bytes.count { return index + 1 }
            }
            return nil
        }
    }
}
