/// Hexadecimal text (RFC 4648 section 8).
package enum Hex {
    /// Lower-case text.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends lower-case text to a buffer.
    package static func append(_ bytes: some Sequence<UInt8>, to text: inout [UInt8]) {
        for byte in bytes {
            text.append(digit(byte >> 4))
            text.append(digit(byte & 15))
        }
    }

    /// Appends lower-case text to a buffer, from memory that is already contiguous.
    static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        text.append(count: 2 * bytes.count) { digits in
            var index = 0
            while index + 4 <= bytes.count {
                let word = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
                digits.storeBytes(of: self.digits(of: word), toByteOffset: 2 * index, as: UInt64.self)
                index += 4
            }
            for index in index..<bytes.count {
                digits[2 * index] = digit(bytes[index] >> 4)
                digits[2 * index + 1] = digit(bytes[index] & 15)
            }
        }
    }

    /// The eight digits of a word as text, in the order of memory.
    ///
    /// Each nibble gets a byte of its own, and those above nine are moved on to the letters, all at once.
    static func digits(of word: UInt32) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var nibbles = UInt64(word)
        nibbles = (nibbles & 0xFFFF_0000) << 16 | nibbles & 0xFFFF
        nibbles = (nibbles & 0x0000_FF00_0000_FF00) << 8 | nibbles & 0x0000_00FF_0000_00FF
        nibbles = (nibbles & 0x00F0_00F0_00F0_00F0) << 4 | nibbles & 0x000F_000F_000F_000F
        let letters = (nibbles &+ ones &* 6) >> 4 & ones
        return (nibbles &+ ones &* 0x30 &+ letters &* 0x27).bigEndian
    }

    /// The bytes of text in either case; nil for an odd length or any other character.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        var high: UInt8?
        for character in text {
            guard let digit = value(of: character) else { return nil }
            if let nibble = high {
                bytes.append(nibble << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }

    /// The bytes of text in either case, from memory that is already contiguous.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var isHex = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 2) { bytes, count in
            let digits = UnsafeRawBufferPointer(text)
            while text.count - 2 * count >= 8 {
                let eight = digits.loadUnaligned(fromByteOffset: 2 * count, as: UInt64.self).bigEndian
                guard let word = word(of: eight) else {
                    isHex = false
                    return
                }
                UnsafeMutableRawBufferPointer(bytes)
                    .storeBytes(of: word.bigEndian, toByteOffset: count, as: UInt32.self)
                count += 4
            }
            for index in count..<(text.count / 2) {
                guard let high = value(of: text[2 * index]), let low = value(of: text[2 * index + 1]) else {
                    isHex = false
                    return
                }
                bytes[index] = high << 4 | low
                count = index + 1
            }
        }
        return isHex ? bytes : nil
    }

    /// The word of eight digits in either case, the first in the highest byte; nil when one is no digit.
    private static func word(of digits: UInt64) -> UInt32? {
        let decimals = ByteLanes.flags(digits, within: 48...57)
        let capitals = ByteLanes.flags(digits, within: 65...70)
        let letters = ByteLanes.flags(digits, within: 97...102)
        // The flags of a byte above 127 are meaningless, so such words go first.
        guard digits & ByteLanes.highs == 0, decimals | capitals | letters == ByteLanes.ones
        else { return nil }
        let nibbles = digits &- decimals &* 48 &- capitals &* 55 &- letters &* 87
        let bytes = (nibbles >> 4 | nibbles) & 0x00FF_00FF_00FF_00FF
        let pairs = (bytes >> 8 | bytes) & 0x0000_FFFF_0000_FFFF
        return UInt32(truncatingIfNeeded: pairs >> 16 | pairs)
    }

    /// The bytes of text in either case; nil for an odd length or any other character.
    package static func decode(_ text: String) -> [UInt8]? { decode(text.utf8) }

    /// The lower-case digit of a value below 16.
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    /// The value of a digit in either case.
    static func value(of digit: UInt8) -> UInt8? {
        if digit.isASCIIDigit { return digit - UInt8(ascii: "0") }
        let letter = digit.asciiLowercased &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }
}
