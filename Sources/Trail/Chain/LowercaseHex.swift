/// Hexadecimal text in the one spelling the trail accepts, so that a record has one text only.
enum LowercaseHex {
    static func encode(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes.count * 2) { text, count in
            for index in bytes.indices {
                text[index * 2] = digit(bytes[index] >> 4)
                text[index * 2 + 1] = digit(bytes[index] & 15)
            }
            count = bytes.count * 2
        }
    }

    static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count * 2) { digits in
            for index in bytes.indices {
                digits[index * 2] = digit(bytes[index] >> 4)
                digits[index * 2 + 1] = digit(bytes[index] & 15)
            }
            text.append(contentsOf: UnsafeBufferPointer(digits))
        }
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
