extension JSONParser {
    /// Reads a string whose opening quote stands at the index.
    mutating func parseString() throws(JSONError) -> JSONString {
        index += 1
        let start = index
        switch try skipPlainText() {
        case UInt8(ascii: "\""):
            defer { index += 1 }
            return JSONString(ByteSlice(source, from: start, to: index))
        default:
            let text = try decodeEscapedText(from: start)
            return JSONString(ByteSlice(text, from: 0, to: text.count))
        }
    }

    /// Moves to the next quote or backslash and returns it.
    private mutating func skipPlainText() throws(JSONError) -> UInt8 {
        while true {
            skipPlainWords()
            guard index < buffer.count else { throw .unexpectedEnd }
            let byte = buffer[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return byte }
            guard byte >= 0x20 else { throw .controlCharacter(offset: index) }
            if byte < 0x80 { index += 1 } else { try skipScalar() }
        }
    }

    /// Moves over whole words of eight bytes that hold only plain ASCII.
    private mutating func skipPlainWords() {
        guard let base = buffer.baseAddress else { return }
        let raw = UnsafeRawPointer(base)
        var position = index
        while buffer.count - position >= 8,
            PlainText.isPlain((raw + position).loadUnaligned(as: UInt64.self))
        {
            position += 8
        }
        index = position
    }

    /// Moves over one character of two to four bytes (Unicode 15, table 3-7).
    private mutating func skipScalar() throws(JSONError) {
        let first = buffer[index]
        let (count, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (count, second) = (3, 0x80...0xBF)
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: throw .invalidUTF8(offset: index)
        }
        guard buffer.count - index >= count, second.contains(buffer[index + 1]) else {
            throw .invalidUTF8(offset: index)
        }
        for offset in 2..<max(count, 2) where buffer[index + offset] & 0xC0 != 0x80 {
            throw .invalidUTF8(offset: index)
        }
        index += count
    }

    /// Reads on from the first backslash and returns the whole text, decoded.
    private mutating func decodeEscapedText(from start: Int) throws(JSONError) -> [UInt8] {
        var text = Array(buffer[start..<index])
        while true {
            let plain = index
            let stop = try skipPlainText()
            text.append(contentsOf: buffer[plain..<index])
            index += 1
            if stop == UInt8(ascii: "\"") { return text }
            try decodeEscape(into: &text)
        }
    }

    /// Reads what follows a backslash.
    private mutating func decodeEscape(into text: inout [UInt8]) throws(JSONError) {
        guard index < buffer.count else { throw .unexpectedEnd }
        let offset = index - 1
        let letter = buffer[index]
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: Unicode.Scalar(try escapedScalar(offset)).utf8Bytes)
        default: throw .invalidEscape(offset: offset)
        }
    }

    /// The character of a `\u` escape, or of two that make a surrogate pair.
    private mutating func escapedScalar(_ offset: Int) throws(JSONError) -> Unicode.Scalar {
        let high = try codeUnit(offset)
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, buffer.count - index >= 2, buffer[index] == UInt8(ascii: "\\"),
            buffer[index + 1] == UInt8(ascii: "u")
        else { throw .loneSurrogate(offset: offset) }
        index += 2
        let low = try codeUnit(offset)
        guard (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + UInt32(low) - 0xDC00)
        else { throw .loneSurrogate(offset: offset) }
        return scalar
    }

    private mutating func codeUnit(_ offset: Int) throws(JSONError) -> UInt16 {
        guard buffer.count - index >= 4 else { throw .unexpectedEnd }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Hex.value(of: buffer[index]) else { throw .invalidEscape(offset: offset) }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }
}

/// What JSON strings hold as it is: ASCII without control characters, quotes and backslashes.
enum PlainText {
    /// Whether all eight bytes of a word are plain.
    static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
        // A byte below n borrows into its high bit when n is subtracted, and only a borrow from below can
        // set the bit wrongly: the sum is zero exactly when no byte is special.
        let special =
            ((word &- ones &* 0x20) & ~word) | ((quotes &- ones) & ~quotes)
            | ((backslashes &- ones) & ~backslashes)
            | word
        return special & (ones &* 0x80) == 0
    }
}

extension Unicode.Scalar {
    /// The UTF-8 bytes of the character.
    fileprivate var utf8Bytes: some Sequence<UInt8> { UTF8.encode(self) ?? UTF8.encodedReplacementCharacter }
}
