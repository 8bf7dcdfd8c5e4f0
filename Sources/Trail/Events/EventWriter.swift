import struct Foundation.Date

/// Writes one event's JSON into one buffer.
///
/// Names are literals with their quotes and colon, written as they are.
struct EventWriter: ~Copyable {
    private var text: EventText
    /// Whether the next member needs a comma before it.
    private var needsComma = false

    private init(_ text: consuming EventText) {
        self.text = text
    }

    /// The text that `body` writes; memory for `capacity` bytes is taken at once.
    static func text(capacity: Int, _ body: (inout EventWriter) -> Void) -> [UInt8] {
        EventText.bytes(capacity: capacity) { text in
            var writer = EventWriter(consume text)
            body(&writer)
            text = writer.finish()
        }
    }

    /// A text as events write it, without its quotes.
    static func escaped(_ text: String) -> [UInt8] {
        let quoted = Self.text(capacity: text.utf8.count + 2) { $0.string(text, bytesMax: .max) }
        return Array(quoted.dropFirst().dropLast())
    }

    private consuming func finish() -> EventText { text }

    mutating func beginObject() {
        text.append(0x7B)
        needsComma = false
    }

    mutating func endObject() {
        text.append(0x7D)
        needsComma = true
    }

    mutating func beginArray() {
        text.append(0x5B)
        needsComma = false
    }

    mutating func endArray() {
        text.append(0x5D)
        needsComma = true
    }

    mutating func beginElement() {
        if needsComma { text.append(0x2C) }
    }

    // In line, a literal becomes a few stores of constants.
    @inline(__always)
    mutating func name(_ literal: StaticString) {
        if needsComma { text.append(0x2C) }
        text.append(literal)
        needsComma = false
    }

    /// A member whose text is cut to `bytesMax` bytes; nothing when there is no text.
    @inline(__always)
    mutating func field(_ literal: StaticString, _ value: String?, bytesMax: Int) {
        guard let value else { return }
        name(literal)
        string(value, bytesMax: bytesMax)
        needsComma = true
    }

    /// A member whose name comes from outside.
    mutating func field(named name: String, _ value: String, bytesMax: Int) {
        if needsComma { text.append(0x2C) }
        string(name, bytesMax: bytesMax)
        text.append(0x3A)
        string(value, bytesMax: bytesMax)
        needsComma = true
    }

    mutating func uuid(_ literal: StaticString, _ id: EventUUID) {
        name(literal)
        text.append(0x22)
        text.append(count: EventUUID.textBytes) { id.write(to: $0) }
        text.append(0x22)
        needsComma = true
    }

    mutating func time(_ literal: StaticString, _ date: Date) {
        name(literal)
        text.append(0x22)
        text.append(count: EventTime.textBytes) { EventTime.write(date, to: $0) }
        text.append(0x22)
        needsComma = true
    }

    /// A member that is JSON already and short enough.
    mutating func member(_ literal: StaticString, _ json: [UInt8]) {
        name(literal)
        text.append(json)
        needsComma = true
    }

    mutating func flag(_ literal: StaticString, _ value: Bool) {
        name(literal)
        raw(value ? "true" : "false")
    }

    /// A member that is JSON already; `null` when there is none, and a note of its size when it is too long.
    mutating func fragment(_ literal: StaticString, _ fragment: [UInt8]?, bytesMax: Int) {
        name(literal)
        guard let fragment else { return raw("null") }
        guard fragment.count <= bytesMax else { return omit(fragment.count) }
        text.append(fragment)
        needsComma = true
    }

    mutating func raw(_ literal: StaticString) {
        text.append(literal)
        needsComma = true
    }

    /// What CloudTrail puts in the place of a field that is too long.
    private mutating func omit(_ size: Int) {
        raw(#"{"omitted":true,"originalSize":"#)
        text.append(Array(String(size).utf8))
        raw(#","reason":"too large"}"#)
    }

    private mutating func string(_ value: String, bytesMax: Int) {
        if value.utf8.withContiguousStorageIfAvailable({ string($0, bytesMax: bytesMax) }) == nil {
            Array(value.utf8).withUnsafeBufferPointer { string($0, bytesMax: bytesMax) }
        }
    }

    private mutating func string(_ utf8: UnsafeBufferPointer<UInt8>, bytesMax: Int) {
        let utf8 = UnsafeBufferPointer(rebasing: utf8[..<Self.cut(utf8, to: bytesMax)])
        guard !text.appendQuoted(utf8, where: Self.isPlain) else { return }
        text.append(0x22)
        escape(utf8)
        text.append(0x22)
    }

    /// The length of the longest beginning of at most `bytesMax` bytes that splits no character.
    private static func cut(_ utf8: UnsafeBufferPointer<UInt8>, to bytesMax: Int) -> Int {
        guard utf8.count > bytesMax else { return utf8.count }
        var count = bytesMax
        while count > 0, utf8[count] & 0xC0 == 0x80 { count -= 1 }
        return count
    }

    private mutating func escape(_ utf8: UnsafeBufferPointer<UInt8>) {
        var plain = 0
        var index = 0
        while index < utf8.count {
            let byte = utf8[index]
            index += 1
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
            text.append(UnsafeBufferPointer(rebasing: utf8[plain..<(index - 1)]))
            plain = index
            text.append(0x5C)
            switch byte {
            case 0x22, 0x5C: text.append(byte)
            case 0x0A: text.append(0x6E)
            case 0x0D: text.append(0x72)
            case 0x09: text.append(0x74)
            default:
                var digits: [UInt8] = [0x75, 0x30, 0x30]
                withUnsafeBytes(of: byte) { LowercaseHex.append($0, to: &digits) }
                text.append(digits)
            }
        }
        text.append(UnsafeBufferPointer(rebasing: utf8[plain...]))
    }

    /// Whether none of eight bytes needs an escape, as in almost every text.
    ///
    /// `(word - n in every byte) & ~word` has the high bit of a byte set when that byte is below `n`; a borrow may set
    /// the next byte's too, but none is set when no byte is below.
    @inline(__always)
    private static func isPlain(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = ones &* 0x80
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let special =
            (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes
            | (backslashes &- ones) & ~backslashes
        return special & high == 0
    }
}
