import AWSProtocol

import struct Foundation.Date

extension Moment {
    /// Reads RFC 3339 with up to nine decimals and `Z` or an offset; nil for anything else.
    ///
    /// Go writes the offset of the machine's time zone into the keys of before 2024.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, let whole = Self.whole(bytes[..<19]) else { return nil }
        var rest = bytes[19...]
        var nanoseconds: Int32 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard (1...9).contains(digits.count) else { return nil }
            for place in 0..<9 {
                let digit = place < digits.count ? digits[digits.startIndex + place] - UInt8(ascii: "0") : 0
                nanoseconds = nanoseconds * 10 + Int32(digit)
            }
            rest = bytes[digits.endIndex...]
        }
        guard let offset = Self.offsetSeconds(rest) else { return nil }
        self.init(seconds: whole - offset, nanoseconds: nanoseconds)
    }

    private static func whole(_ text: ArraySlice<UInt8>) -> Int64? {
        let date = Timestamp.parseISO8601(String(decoding: text, as: UTF8.self) + "Z")
        return date.map { Int64($0.timeIntervalSince1970) }
    }

    /// Seconds east of Greenwich.
    private static func offsetSeconds(_ text: ArraySlice<UInt8>) -> Int64? {
        if text.elementsEqual([UInt8(ascii: "Z")]) { return 0 }
        let parts = String(decoding: text.dropFirst(), as: UTF8.self).split(separator: ":")
        guard text.count == 6, parts.count == 2, let hours = Int64(parts[0]), (0...23).contains(hours),
            let minutes = Int64(parts[1]), (0...59).contains(minutes)
        else { return nil }
        switch text.first {
        case UInt8(ascii: "+"): return hours * 3_600 + minutes * 60
        case UInt8(ascii: "-"): return -(hours * 3_600 + minutes * 60)
        default: return nil
        }
    }
}
