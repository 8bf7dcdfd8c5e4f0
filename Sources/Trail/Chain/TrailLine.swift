/// What a line of a segment holds.
enum LineKind: UInt8 {
    /// The segment's first line: which segment of which lane of which trail it is.
    case header = 0x48  // H
    /// One audit event.
    case event = 0x45  // E
    /// The segment's last line: the signed digest of all before it.
    case digest = 0x53  // S
}

/// One line of a segment: `E 17 <hash> {"eventVersion":…}`.
struct TrailLine {
    let kind: LineKind
    /// The record's place in its lane, counted from 0 over all segments.
    let number: UInt64
    let hash: ChainHash
    /// Where the JSON text begins in the line.
    let textStart: Int

    /// What a line begins with.
    struct Prefix {
        let kind: LineKind
        let number: UInt64
        /// Where the hash stands, 64 digits long.
        let hashStart: Int
        var textStart: Int { hashStart + 65 }
    }

    /// Reads a line without its newline; nil unless it is exactly as ``append(_:kind:number:hash:to:)``
    /// writes it.
    init?(_ line: UnsafeRawBufferPointer) {
        guard let prefix = Self.prefix(of: line),
            let hash = ChainHash(
                hex: UnsafeRawBufferPointer(rebasing: line[prefix.hashStart..<(prefix.hashStart + 64)])
            )
        else { return nil }
        kind = prefix.kind
        number = prefix.number
        self.hash = hash
        textStart = prefix.textStart
    }

    /// Reads all before a line's text but the hash, which is not looked at.
    static func prefix(of line: UnsafeRawBufferPointer) -> Prefix? {
        guard line.count > 4, let kind = LineKind(rawValue: line[0]), line[1] == 0x20 else { return nil }
        var index = 2
        var number: UInt64 = 0
        while index < line.count, case 0x30...0x39 = line[index] {
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(line[index] - 0x30))
            guard !overflow, !carry else { return nil }
            number = sum
            index += 1
        }
        let digits = index - 2
        // A number that has no next is none that a writer gives, and nobody behind here need think of it.
        guard digits > 0, digits == 1 || line[2] != 0x30, number < .max else { return nil }
        guard line.count > index + 66, line[index] == 0x20, line[index + 65] == 0x20 else { return nil }
        return Prefix(kind: kind, number: number, hashStart: index + 1)
    }

    func text(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: line[textStart...])
    }

    /// Whether the line's hash is that of its text after `previous`.
    func follows(_ previous: ChainHash, in line: UnsafeRawBufferPointer) -> Bool {
        ChainHash(after: previous, number: number, kind: kind, text: text(in: line)) == hash
    }

    /// Writes a whole line with its newline.
    static func append(
        _ text: UnsafeRawBufferPointer,
        kind: LineKind,
        number: UInt64,
        hash: ChainHash,
        to buffer: inout [UInt8]
    ) {
        buffer.append(kind.rawValue)
        buffer.append(0x20)
        DecimalDigits.append(number, to: &buffer)
        buffer.append(0x20)
        hash.withUnsafeBytes { LowercaseHex.append($0, to: &buffer) }
        buffer.append(0x20)
        buffer.append(contentsOf: text)
        buffer.append(0x0A)
    }

    /// The most bytes a line has beside its text.
    static let overheadMax = 90
}
