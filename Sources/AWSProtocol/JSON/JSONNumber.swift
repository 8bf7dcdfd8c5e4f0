/// A JSON number as it was written; it loses nothing until it is asked for a type.
package struct JSONNumber: Hashable, Sendable {
    private let slice: ByteSlice

    /// The caller has checked the grammar.
    init(_ slice: ByteSlice) { self.slice = slice }

    /// A whole number.
    package init(_ value: Int64) {
        let bytes = Array(String(value).utf8)
        slice = ByteSlice(bytes, from: 0, to: bytes.count)
    }

    /// A finite number.
    package init(_ value: Double) {
        precondition(value.isFinite, "JSON has no numbers that are not finite")
        let bytes = Array(String(value).utf8)
        slice = ByteSlice(bytes, from: 0, to: bytes.count)
    }

    /// The number as written.
    package var text: String { slice.text }

    /// The number when it is whole and fits; `1.0` and `1e3` are whole.
    package var int64: Int64? {
        if let small = slice.withBytes(Self.integer) { return small }
        let text = text
        if let whole = Int64(text) { return whole }
        guard text.utf8.contains(where: { !$0.isASCIIDigit && $0 != UInt8(ascii: "-") }), let double,
            abs(double) <= Self.exactMax
        else { return nil }
        return Int64(exactly: double)
    }

    /// The nearest double; nil when the number is beyond the largest.
    package var double: Double? {
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// Up to 2⁵³ every whole number is a double of its own.
    private static let exactMax = 9_007_199_254_740_992.0

    /// The value of at most 18 digits with a sign; nil for all else.
    private static func integer(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard bytes.count <= 18 else { return nil }
        let isNegative = bytes.first == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in bytes.dropFirst(isNegative ? 1 : 0) {
            guard byte.isASCIIDigit else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return isNegative ? -value : value
    }
}
