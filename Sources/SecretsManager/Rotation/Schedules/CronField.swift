/// One field of a cron expression that is a set of numbers: `*`, `1,15`, `MON-FRI`, `2/10`, `/8`.
struct CronField: Hashable, Sendable {
    /// Bit n is set for the number n.
    private var bits: UInt64 = 0

    private static let digitsMax = 4

    func contains(_ number: Int) -> Bool { bits >> UInt64(number) & 1 == 1 }

    /// The numbers in their order.
    var numbers: [Int] { (0..<64).filter(contains) }

    private mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }

    /// Numbers of a range, or all of them.
    init(_ numbers: ClosedRange<Int>) {
        for number in numbers { insert(number) }
    }

    /// Reads a field; nil for anything that is not a set of numbers in the range.
    ///
    /// `names` stand for the numbers of the range from its first on, in whatever case.
    init?(_ text: Substring, in range: ClosedRange<Int>, names: [String] = []) {
        guard !text.isEmpty else { return nil }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let numbers = Self.numbers(of: part, range, names) else { return nil }
            for number in numbers { insert(number) }
        }
    }

    /// The numbers of a part between commas.
    private static func numbers(
        of part: Substring,
        _ range: ClosedRange<Int>,
        _ names: [String]
    ) -> StrideThrough<Int>? {
        let halves = part.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = halves.first, halves.count <= 2 else { return nil }
        var step = 1
        if halves.count == 2 {
            guard let number = number(halves[1]), (1...range.count).contains(number) else { return nil }
            step = number
        }
        // AWS's own examples leave out where increments begin.
        if first == "*" || first.isEmpty && halves.count == 2 {
            return stride(from: range.lowerBound, through: range.upperBound, by: step)
        }
        let ends = first.split(separator: "-", omittingEmptySubsequences: false)
        let values = ends.compactMap { value($0, range, names) }
        guard values.count == ends.count else { return nil }
        switch values.count {
        case 1:
            let last = halves.count == 2 ? range.upperBound : values[0]
            return stride(from: values[0], through: last, by: step)
        case 2 where values[0] <= values[1]: return stride(from: values[0], through: values[1], by: step)
        default: return nil
        }
    }

    /// A number of the range, or the name of one.
    static func value(_ text: Substring, _ range: ClosedRange<Int>, _ names: [String]) -> Int? {
        if let index = names.firstIndex(of: text.uppercased()) { return range.lowerBound + index }
        return number(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// A number without sign, of few digits.
    static func number(_ text: Substring) -> Int? {
        guard (1...digitsMax).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }
}
