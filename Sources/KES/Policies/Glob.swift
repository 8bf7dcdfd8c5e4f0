/// A pattern of Go's `path.Match`: `*`, `?`, `[class]` and `\` before a character to be taken literally.
struct Glob: Hashable, Sendable {
    private enum Piece: Hashable {
        case byte(UInt8)
        case anyScalar
        case anyRun
        case oneOf([ClosedRange<UInt32>], isNegated: Bool)
    }

    private let pieces: [Piece]

    /// Nil for a pattern that is malformed: an open class, an empty class, a lone backslash at the end.
    init?(_ text: String) {
        var pieces: [Piece] = []
        var rest = Substring(text).unicodeScalars
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*": if pieces.last != .anyRun { pieces.append(.anyRun) }
            case "?": pieces.append(.anyScalar)
            case "[":
                guard let piece = Self.characterClass(&rest) else { return nil }
                pieces.append(piece)
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                pieces += Self.bytes(of: escaped)
            default: pieces += Self.bytes(of: scalar)
            }
        }
        self.pieces = pieces
    }

    private static func bytes(of scalar: Unicode.Scalar) -> [Piece] { String(scalar).utf8.map { .byte($0) } }

    /// Whether it matches its own text and nothing else.
    var isLiteral: Bool { pieces.allSatisfy(Self.isByte) }

    /// Whether its only wildcard is the last piece.
    var isLiteralBeforeLast: Bool { pieces.dropLast().allSatisfy(Self.isByte) }

    private static func isByte(_ piece: Piece) -> Bool {
        if case .byte = piece { true } else { false }
    }

    /// Whether the whole of a path matches.
    ///
    /// On a mismatch only the last `*` is widened, as any earlier one could match no better; so the work is
    /// at most the product of the two lengths.
    func matches(_ path: ArraySlice<UInt8>) -> Bool {
        var (piece, byte) = (0, path.startIndex)
        var retry: (piece: Int, byte: Int)?
        while byte < path.endIndex || piece < pieces.count {
            if piece < pieces.count, pieces[piece] == .anyRun {
                retry = (piece, byte)
                piece += 1
                continue
            }
            if piece < pieces.count, let count = bytesMatched(by: pieces[piece], in: path[byte...]) {
                piece += 1
                byte += count
                continue
            }
            // The run may take one byte more, but not a slash.
            guard let from = retry, from.byte < path.endIndex, path[from.byte] != Self.slash else {
                return false
            }
            retry = (from.piece, from.byte + 1)
            (piece, byte) = (from.piece + 1, from.byte + 1)
        }
        return true
    }

    private static let slash = UInt8(ascii: "/")

    /// How many bytes of the path's beginning a piece takes; nil when it takes none.
    private func bytesMatched(by piece: Piece, in path: ArraySlice<UInt8>) -> Int? {
        guard let first = path.first else { return nil }
        switch piece {
        case .byte(let byte): return first == byte ? 1 : nil
        case .anyRun: return nil
        case .anyScalar:
            guard first != Self.slash else { return nil }
            return Self.scalar(path).count
        case .oneOf(let ranges, let isNegated):
            // A class may name a slash or not exclude it; `path.Match` lets it match then.
            let (value, count) = Self.scalar(path)
            return ranges.contains { $0.contains(value) } != isNegated ? count : nil
        }
    }

    /// The first scalar of some UTF-8, or its first byte where it is no UTF-8.
    private static func scalar(_ bytes: ArraySlice<UInt8>) -> (value: UInt32, count: Int) {
        var decoder = UTF8()
        var iterator = bytes.prefix(4).makeIterator()
        guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return (0xfffd, 1) }
        return (scalar.value, UTF8.width(scalar))
    }

    private static func characterClass(_ rest: inout Substring.UnicodeScalarView) -> Piece? {
        var ranges: [ClosedRange<UInt32>] = []
        let isNegated = rest.first == "^"
        if isNegated { rest.removeFirst() }
        while rest.first != "]" || ranges.isEmpty {
            guard let low = classScalar(&rest) else { return nil }
            var high = low
            if rest.first == "-" {
                rest.removeFirst()
                guard let end = classScalar(&rest) else { return nil }
                high = end
            }
            // An inverted range is well-formed in Go, and matches nothing.
            ranges.append(low <= high ? low...high : UInt32.max...UInt32.max)
        }
        rest.removeFirst()
        return .oneOf(ranges, isNegated: isNegated)
    }

    private static func classScalar(_ rest: inout Substring.UnicodeScalarView) -> UInt32? {
        guard let scalar = rest.popFirst(), scalar != "-", scalar != "]" else { return nil }
        return scalar == "\\" ? rest.popFirst()?.value : scalar.value
    }
}
