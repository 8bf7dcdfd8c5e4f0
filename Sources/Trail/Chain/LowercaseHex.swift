/// Hexadecimal text in the one spelling the trail accepts, so that a record has one text only.
enum LowercaseHex {
    static func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes.count * 2) { text, count in
            write(bytes, to: UnsafeMutableRawBufferPointer(text))
            count = bytes.count * 2
        }
    }

    static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: bytes.count * 2, alignment: 8) { digits in
            write(bytes, to: digits)
            text.append(contentsOf: digits)
        }
    }

    /// Fills twice as much memory as there are bytes.
    private static func write(_ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableRawBufferPointer) {
        var index = 0
        while index + 4 <= bytes.count {
            let word = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            text.storeBytes(of: digits(of: word), toByteOffset: 2 * index, as: UInt64.self)
            index += 4
        }
        for index in index..<bytes.count {
            text[index * 2] = digit(bytes[index] >> 4)
            text[index * 2 + 1] = digit(bytes[index] & 15)
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

    /// Fills `bytes` from twice as many digits; false when one is no digit or is in upper case.
    static func decode(_ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableRawBufferPointer) -> Bool {
        guard text.count == bytes.count * 2 else { return false }
        for index in bytes.indices {
            guard let high = value(text[index * 2]), let low = value(text[index * 2 + 1]) else {
                return false
            }
            bytes[index] = high << 4 | low
        }
        return true
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x57 + value
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
