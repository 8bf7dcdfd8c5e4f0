/// Decimal digits without a formatter.
enum DecimalDigits {
    static func append(_ value: UInt64, to buffer: inout [UInt8]) {
        guard value >= 10 else {
            buffer.append(0x30 + UInt8(value))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = value
            var index = 20
            while rest > 0 {
                index -= 1
                digits[index] = 0x30 + UInt8(rest % 10)
                rest /= 10
            }
            buffer.append(contentsOf: UnsafeBufferPointer(rebasing: digits[index...]))
        }
    }
}
