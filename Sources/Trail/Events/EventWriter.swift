/// Writes one event's JSON into one buffer.
///
/// Names are literals with their quotes and colon, written as they are.
struct EventWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether the next member needs a comma before it.
    private var needsComma = false

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    mutating func beginObject() {
        bytes.append(0x7B)
        needsComma = false
    }

    mutating func endObject() {
        bytes.append(0x7D)
        needsComma = true
    }

    mutating func beginArray() {
        bytes.append(0x5B)
        needsComma = false
    }

    mutating func endArray() {
        bytes.append(0x5D)
        needsComma = true
    }

    mutating func beginElement() {
        if needsComma { bytes.append(0x2C) }
    }

    mutating func name(_ literal: StaticString) {
        if needsComma { bytes.append(0x2C) }
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
        )
        needsComma = false
    }

    /// A member whose text is cut to `bytesMax` bytes; nothing when there is no text.
    mutating func field(_ literal: StaticString, _ text: String?, bytesMax: Int) {
        guard let text else { return }
        name(literal)
        string(text, bytesMax: bytesMax)
        needsComma = true
    }

    /// A member whose name comes from outside.
    mutating func field(named name: String, _ text: String, bytesMax: Int) {
        if needsComma { bytes.append(0x2C) }
        string(name, bytesMax: bytesMax)
        bytes.append(0x3A)
        string(text, bytesMax: bytesMax)
        needsComma = true
    }

    mutating func uuid(_ literal: StaticString, _ id: EventUUID) {
        name(literal)
        quoted { id.append(to: &$0) }
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
        bytes.append(contentsOf: fragment)
        needsComma = true
    }

    mutating func raw(_ literal: StaticString) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
        )
        needsComma = true
    }

    /// Text in quotes that is known to need no escapes.
    mutating func quoted(_ append: (inout [UInt8]) -> Void) {
        bytes.append(0x22)
        append(&bytes)
        bytes.append(0x22)
        needsComma = true
    }

    /// What CloudTrail puts in the place of a field that is too long.
    private mutating func omit(_ size: Int) {
        raw(#"{"omitted":true,"originalSize":"#)
        DecimalDigits.append(UInt64(size), to: &bytes)
        raw(#","reason":"too large"}"#)
    }

    private mutating func string(_ text: String, bytesMax: Int) {
        var copy = text
        copy.withUTF8 { utf8 in
            let count = Self.cut(utf8, to: bytesMax)
            bytes.append(0x22)
            escape(UnsafeBufferPointer(rebasing: utf8[..<count]))
            bytes.append(0x22)
        }
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
        var index = Self.plainPrefix(UnsafeRawBufferPointer(utf8))
        while index < utf8.count {
            let byte = utf8[index]
            index += 1
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[plain..<(index - 1)]))
            plain = index
            bytes.append(0x5C)
            switch byte {
            case 0x22, 0x5C: bytes.append(byte)
            case 0x0A: bytes.append(0x6E)
            case 0x0D: bytes.append(0x72)
            case 0x09: bytes.append(0x74)
            default:
                bytes.append(contentsOf: [0x75, 0x30, 0x30])
                withUnsafeBytes(of: byte) { LowercaseHex.append($0, to: &bytes) }
            }
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[plain...]))
    }

    /// How many bytes from the start need no escape, found eight at a time; a multiple of eight.
    ///
    /// Almost every text needs none. `(word - n in every byte) & ~word` has the high bit of a byte set when
    /// that byte is below `n`; a borrow may set the next byte's too, but none is set when no byte is below.
    private static func plainPrefix(_ text: UnsafeRawBufferPointer) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high: UInt64 = ones &* 0x80
        var index = 0
        while index + 8 <= text.count {
            let word = text.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let quotes = word ^ (ones &* 0x22)
            let backslashes = word ^ (ones &* 0x5C)
            let special =
                (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes
                | (backslashes &- ones) & ~backslashes
            guard special & high == 0 else { return index }
            index += 8
        }
        return index
    }
}
