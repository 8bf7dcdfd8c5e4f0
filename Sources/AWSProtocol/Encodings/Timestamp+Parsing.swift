package import struct Foundation.Date

extension Timestamp {
    /// Reads `20150830T123600Z` and nothing else.
    package static func parseBasic(_ text: String) -> Date? {
        text.withUTF8Bytes { secondsOfBasic($0) }.map { Date(timeIntervalSince1970: Double($0)) }
    }

    /// Reads `2015-08-30T12:36:00Z`, with one to nine digits of a fraction of a second or without.
    ///
    /// Other offsets than `Z` are not accepted: no AWS protocol writes them.
    package static func parseISO8601(_ text: String) -> Date? {
        text.withUTF8Bytes { parseISO8601($0) }
    }

    private static func parseISO8601(_ text: UnsafeBufferPointer<UInt8>) -> Date? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.skip("T"), let hour = reader.number(2), reader.skip(":"),
            let minute = reader.number(2), reader.skip(":"), let second = reader.number(2)
        else { return nil }
        var fraction = 0.0
        if reader.skip(".") {
            guard let digits = reader.fraction(digitsMax: 9) else { return nil }
            fraction = digits
        }
        guard reader.skip("Z"), reader.isAtEnd,
            let time = CivilTime(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second
            )
        else { return nil }
        return Date(timeIntervalSince1970: Double(time.secondsSince1970) + fraction)
    }

    /// Reads the preferred date of HTTP headers, `Sun, 30 Aug 2015 12:36:00 GMT` (RFC 9110 section 5.6.7).
    package static func parseHTTP(_ text: String) -> Date? {
        text.withUTF8Bytes { secondsOfHTTP($0) }.map { Date(timeIntervalSince1970: Double($0)) }
    }

    static func secondsOfBasic(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var reader = DigitReader(text)
        guard let year = reader.number(4), let month = reader.number(2), let day = reader.number(2),
            reader.skip("T"), let hour = reader.number(2), let minute = reader.number(2),
            let second = reader.number(2), reader.skip("Z"), reader.isAtEnd
        else { return nil }
        return CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)?
            .secondsSince1970
    }

    static func secondsOfHTTP(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var reader = DigitReader(text)
        guard let weekday = reader.word(of: weekdays), reader.skip(","), reader.skip(" "),
            let day = reader.number(2), reader.skip(" "), let month = reader.word(of: months),
            reader.skip(" "), let year = reader.number(4), reader.skip(" "), let hour = reader.number(2),
            reader.skip(":"), let minute = reader.number(2), reader.skip(":"), let second = reader.number(2),
            reader.skip(" "), reader.word(of: ["GMT"]) != nil, reader.isAtEnd,
            let time = CivilTime(
                year: year,
                month: month + 1,
                day: day,
                hour: hour,
                minute: minute,
                second: second
            ),
            time.weekday == weekday
        else { return nil }
        return time.secondsSince1970
    }
}

/// Reads numbers of a known width and fixed words from ASCII text.
private struct DigitReader {
    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    var isAtEnd: Bool { index == text.endIndex }

    private var next: UInt8? { isAtEnd ? nil : text[index] }

    mutating func number(_ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let byte = next, byte.isASCIIDigit else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
            index += 1
        }
        return value
    }

    /// One digit or more behind a decimal point.
    mutating func fraction(digitsMax: Int) -> Double? {
        var value = 0.0
        var scale = 1.0
        var digits = 0
        while let byte = next, byte.isASCIIDigit {
            digits += 1
            scale *= 10
            value = value * 10 + Double(byte - UInt8(ascii: "0"))
            index += 1
        }
        return (1...digitsMax).contains(digits) ? value / scale : nil
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    /// The index of the word that comes next; all words have three letters.
    mutating func word(of words: [String]) -> Int? {
        let candidate = text[index...].prefix(3)
        guard let found = words.firstIndex(where: { $0.utf8.elementsEqual(candidate) }) else { return nil }
        index += 3
        return found
    }
}
