/// Matches a wildcard pattern against a text in one pass, whatever both are.
///
/// All places in the pattern that the text so far can lead to are a set of bits, which every byte of the text
/// moves on: a step costs a 64th of the pattern's length (Baeza-Yates and Gonnet, "A New Approach to Text
/// Searching", CACM 35, 1992). It is slower than going back where a pattern is harmless, so it takes over where
/// going back becomes costly.
struct PatternAutomaton {
    /// Which tokens, in words of 64, take a byte: a row a byte of the pattern, the first for all others.
    private var rows: [UInt64]
    private var rowOfByte = [Int](repeating: 0, count: 256)
    /// The tokens that take a whole character.
    private var takesAny: [UInt64]
    /// Where a run of any length may stand.
    private var loops: [UInt64]
    /// The places behind a token that takes a character: its further bytes belong to it.
    private var behindAny: [UInt64]
    private var end = 0
    private let wordCount: Int

    init(_ tokens: Span<Pattern.Token>) {
        wordCount = tokens.count / 64 + 1
        rows = [UInt64](repeating: 0, count: wordCount)
        takesAny = rows
        loops = rows
        behindAny = rows
        for index in tokens.indices { append(tokens[index]) }
    }

    private mutating func append(_ token: Pattern.Token) {
        let bit: UInt64 = 1 << UInt64(end % 64)
        switch token {
        case .anyRun:
            loops[end / 64] |= bit
            return
        case .anyCharacter:
            takesAny[end / 64] |= bit
            behindAny[(end + 1) / 64] |= 1 << UInt64((end + 1) % 64)
        case .byte(let byte):
            if rowOfByte[Int(byte)] == 0 {
                rowOfByte[Int(byte)] = rows.count / wordCount
                rows += [UInt64](repeating: 0, count: wordCount)
            }
            rows[rowOfByte[Int(byte)] * wordCount + end / 64] |= bit
        }
        end += 1
    }

    /// Whether the whole text matches; `byte` gives the bytes of the text, changed as its comparison asks.
    func matches(_ text: Span<UInt8>, _ byte: (UInt8) -> UInt8) -> Bool {
        var places = [UInt64](repeating: 0, count: wordCount)
        places[0] = 1
        for index in text.indices {
            let isContinuation = text[index] & 0b1100_0000 == 0b1000_0000
            let row = rowOfByte[Int(byte(text[index]))] * wordCount
            var carry: UInt64 = 0
            var union: UInt64 = 0
            for word in 0..<wordCount {
                let taken = places[word] & (rows[row + word] | (isContinuation ? 0 : takesAny[word]))
                let stays = places[word] & (loops[word] | (isContinuation ? behindAny[word] : 0))
                places[word] = taken << 1 | carry | stays
                carry = taken >> 63
                union |= places[word]
            }
            if union == 0 { return false }
        }
        return places[end / 64] >> UInt64(end % 64) & 1 == 1
    }
}
