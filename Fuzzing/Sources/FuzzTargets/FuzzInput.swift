/// Reads an input as numbers and pieces; at its end it gives zeros and nothing.
struct FuzzInput {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// A number of two bytes.
    mutating func number() -> Int { Int(byte()) << 8 | Int(byte()) }

    /// A number of eight bytes.
    mutating func word() -> UInt64 { (0..<8).reduce(0) { word, _ in word << 8 | UInt64(byte()) } }

    /// A number below a bound that is not zero.
    mutating func index(below bound: Int) -> Int { number() % bound }

    mutating func bytes(_ count: Int) -> [UInt8] {
        let piece = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        return piece
    }

    /// All that is left.
    mutating func remainder() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }
}

extension [UInt8] {
    /// The pieces between the separators, empty ones included.
    func pieces(separatedBy separator: UInt8 = 0x0A, max: Int = .max) -> [[UInt8]] {
        split(separator: separator, maxSplits: max - 1, omittingEmptySubsequences: false).map { Array($0) }
    }

    /// The bytes as text, repaired where they are not UTF-8.
    var repairedText: String { String(decoding: self, as: UTF8.self) }

    /// The bytes as text; nil when they are not UTF-8.
    var text: String? { String(validating: self, as: UTF8.self) }

    /// The bytes changed as an input says: overwritten, flipped, inserted, dropped, moved, cut off.
    func damaged(by input: inout FuzzInput) -> [UInt8] {
        var bytes = self
        var steps = 0
        while !input.isAtEnd, steps < 16, !bytes.isEmpty {
            steps += 1
            let kind = input.byte()
            let place = input.index(below: bytes.count)
            switch kind % 6 {
            case 0: bytes[place] = input.byte()
            case 1: bytes[place] ^= 1 << (input.byte() & 7)
            case 2: bytes.insert(input.byte(), at: place)
            case 3: bytes.removeSubrange(place..<Swift.min(bytes.count, place + 1 + Int(input.byte())))
            case 4:
                let piece = bytes[place..<Swift.min(bytes.count, place + 1 + Int(input.byte()))]
                bytes.insert(contentsOf: Array(piece), at: input.index(below: bytes.count))
            default: bytes.removeLast(bytes.count - place)
            }
        }
        return bytes
    }
}
