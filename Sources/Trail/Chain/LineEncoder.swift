/// Puts a record into the chain.
enum LineEncoder {
    /// Appends the record's whole line to `buffer` and answers its hash.
    static func append(
        _ text: UnsafeRawBufferPointer,
        kind: LineKind,
        number: UInt64,
        after previous: ChainHash,
        to buffer: inout [UInt8]
    ) -> ChainHash {
        let hash = ChainHash(after: previous, number: number, kind: kind, text: text)
        TrailLine.append(text, kind: kind, number: number, hash: hash, to: &buffer)
        return hash
    }

    static func append(
        _ text: String,
        kind: LineKind,
        number: UInt64,
        after previous: ChainHash,
        to buffer: inout [UInt8]
    ) -> ChainHash {
        Array(text.utf8).withUnsafeBytes {
            append($0, kind: kind, number: number, after: previous, to: &buffer)
        }
    }
}
