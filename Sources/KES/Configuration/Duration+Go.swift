extension Duration {
    /// Reads Go's form, as in `5m0s`, `1h30m`, `1.5s` or `300ms`; nil for anything else or above 290 years.
    package init?(go text: String) {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual([UInt8(ascii: "0")]) {
            self = .zero
            return
        }
        guard !rest.isEmpty else { return nil }
        var nanoseconds = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { Self.isDigit($0) || $0 == UInt8(ascii: ".") }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { !Self.isDigit($0) && $0 != UInt8(ascii: ".") }
            rest = rest.dropFirst(letters.count)
            guard digits.contains(where: Self.isDigit), digits.count <= 20,
                let number = Double(Self.withZeros(digits)),
                let unit = Self.nanosecondsOfUnit(String(decoding: letters, as: UTF8.self))
            else { return nil }
            nanoseconds += number * unit
        }
        guard nanoseconds < 9.2e18 else { return nil }
        self = .nanoseconds(Int64((isNegative ? -nanoseconds : nanoseconds).rounded()))
    }

    /// Go takes `.5s` and `5.s`.
    private static func withZeros(_ digits: ArraySlice<UInt8>) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        return (text.hasPrefix(".") ? "0" : "") + text + (text.hasSuffix(".") ? "0" : "")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func nanosecondsOfUnit(_ unit: String) -> Double? {
        switch unit {
        case "ns": 1
        case "us", "µs", "μs": 1e3
        case "ms": 1e6
        case "s": 1e9
        case "m": 60e9
        case "h": 3_600e9
        default: nil
        }
    }
}
