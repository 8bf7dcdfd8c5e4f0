/// A decimal number compared exactly, whatever its length: floating point would call large numbers equal.
struct DecimalNumber: Hashable, Comparable, Sendable {
    private let isNegative: Bool
    /// Digits before the point, without leading zeros.
    private let whole: [UInt8]
    /// Digits behind the point, without trailing zeros.
    private let fraction: [UInt8]

    /// Reads an optional sign, digits, and optionally a point with digits; nil for anything else.
    init?(_ text: String) {
        var rest = Array(text.utf8)[...]
        let sign = rest.first
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let point = rest.firstIndex(of: UInt8(ascii: ".")) ?? rest.endIndex
        let whole = rest[..<point]
        let fraction = rest[point...].dropFirst()
        guard !whole.isEmpty, whole.allSatisfy(Digit.isDigit), fraction.allSatisfy(Digit.isDigit),
            point == rest.endIndex || !fraction.isEmpty
        else { return nil }
        let zero = UInt8(ascii: "0")
        self.whole = Array(whole.drop { $0 == zero })
        self.fraction = Array(fraction.reversed().drop { $0 == zero }.reversed())
        isNegative = sign == UInt8(ascii: "-") && !(self.whole.isEmpty && self.fraction.isEmpty)
    }

    static func < (left: DecimalNumber, right: DecimalNumber) -> Bool {
        switch (left.isNegative, right.isNegative) {
        case (false, false): magnitudeIsLess(left, right)
        case (true, true): magnitudeIsLess(right, left)
        case (let leftIsNegative, _): leftIsNegative
        }
    }

    private static func magnitudeIsLess(_ left: DecimalNumber, _ right: DecimalNumber) -> Bool {
        if left.whole.count != right.whole.count { return left.whole.count < right.whole.count }
        if left.whole != right.whole { return left.whole.lexicographicallyPrecedes(right.whole) }
        return left.fraction.lexicographicallyPrecedes(right.fraction)
    }
}
