package import AWSProtocol

import struct Foundation.Date

/// Checks a JSON request against its declared shape and collects every violation, as AWS does.
package struct InputDecoder {
    private var violations: [Violation] = []

    /// The checked members of a request.
    ///
    /// - Throws: `.serialization` when a value has the wrong type, `.validation` with AWS's text when
    ///   constraints are broken. Members the shape does not name are ignored, as AWS ignores them.
    package static func decode(_ json: JSON, as members: [Member]) throws(InputFailure) -> Input {
        guard case .object(let object) = json else { throw .serialization(.expected("a JSON object")) }
        var decoder = InputDecoder()
        let input = try decoder.structure(object, members, path: "")
        guard decoder.violations.isEmpty else { throw .validation(Violation.message(decoder.violations)) }
        return input
    }

    private mutating func structure(
        _ object: JSONObject,
        _ members: [Member],
        path: String
    ) throws(InputFailure) -> Input {
        var input = Input(members: members)
        for index in members.indices {
            let member = members[index]
            guard let json = object[member.name], !json.isNull else {
                if member.isRequired { violations.append(.missing(path + member.camelName)) }
                continue
            }
            let place = path.isEmpty ? member.camelName : path + member.camelName
            input.values[index] = try value(json, member.shape, path: place)
        }
        return input
    }

    private mutating func value(
        _ json: JSON,
        _ shape: Shape,
        path: String
    ) throws(InputFailure) -> Input.Value {
        switch shape {
        case .string, .enumeration, .integer, .blob:
            let (value, shown, broken) = try scalar(json, shape)
            for rule in broken { violations.append(.unsatisfied(shown, at: path, rule)) }
            return value
        case .boolean:
            guard case .bool(let flag) = json else { throw .serialization(.expected("a boolean")) }
            return .boolean(flag)
        case .timestamp:
            return .timestamp(try timestamp(json))
        case .map:
            return .map(try map(json))
        case .structure(let members):
            guard case .object(let object) = json else {
                throw .serialization(.expected("an object"))
            }
            return .structure(try structure(object, members, path: path + "."))
        case .list(let element, let length):
            return .list(try list(json, of: element, length: length, path: path))
        }
    }

    private mutating func list(
        _ json: JSON,
        of element: Shape,
        length: ClosedRange<Int>?,
        path: String
    ) throws(InputFailure) -> [Input.Value] {
        guard case .array(let elements) = json else { throw .serialization(.expected("a list")) }
        var values: [Input.Value] = []
        values.reserveCapacity(elements.count)
        var broken: [String] = []
        var shownElements: [String] = []
        for (index, json) in elements.enumerated() {
            if case .structure = element {
                values.append(try value(json, element, path: "\(path).\(index + 1).member"))
                continue
            }
            let (value, shown, rules) = try scalar(json, element)
            values.append(value)
            shownElements.append(shown ?? "")
            if broken.isEmpty { broken = rules }
        }
        let shown = shownElements.isEmpty ? nil : "[\(shownElements.joined(separator: ", "))]"
        for rule in Rule.broken(elements.count, length) {
            violations.append(.unsatisfied(shown, at: path, rule))
        }
        if !broken.isEmpty { violations.append(.unsatisfied(shown, at: path, Rule.each(broken))) }
        return values
    }

    /// A value without parts, what of it an answer may show, and the rules it breaks.
    private func scalar(
        _ json: JSON,
        _ shape: Shape
    ) throws(InputFailure) -> (value: Input.Value, shown: String?, broken: [String]) {
        switch shape {
        case .string(let length, let pattern, let isSensitive):
            let text = try string(json)
            var broken = length.map { hasSurely($0, text) ? [] : Rule.broken(scalarCount(text), $0) } ?? []
            if let pattern, !pattern.matches(text) { broken.append(Rule.pattern(pattern.text)) }
            return (.string(text), isSensitive ? nil : text, broken)
        case .enumeration(let values):
            let text = try string(json)
            return (.string(text), text, values.contains(text) ? [] : [Rule.oneOf(values)])
        case .blob(let length, _):
            let bytes = try blob(json, bytesMax: length.upperBound)
            return (.blob(bytes), nil, Rule.broken(bytes.count, length))
        case .integer(let range):
            return try integer(json, range)
        case .boolean, .timestamp, .list, .map, .structure:
            preconditionFailure("a list holds strings, numbers, blobs or structures")
        }
    }

    /// Whether the bytes of a text alone, of which a scalar takes one to four, tell that it is within a length.
    private func hasSurely(_ length: ClosedRange<Int>, _ text: String) -> Bool {
        let bytes = text.utf8.count
        return bytes <= length.upperBound && (bytes + 3) / 4 >= length.lowerBound
    }

    /// How many Unicode scalars a text has: as many as bytes of UTF-8 that do not continue one.
    private func scalarCount(_ text: String) -> Int {
        let count = text.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.reduce(0) { $0 &+ ($1 & 0xC0 == 0x80 ? 0 : 1) }
        }
        return count ?? text.unicodeScalars.count
    }

    private func integer(
        _ json: JSON,
        _ range: ClosedRange<Int>
    ) throws(InputFailure) -> (value: Input.Value, shown: String?, broken: [String]) {
        guard case .number(let number) = json, let exact = number.int64 else {
            throw .serialization(.expected("an integer"))
        }
        guard let small = Int32(exactly: exact) else { throw .serialization(.integerOutOfRange) }
        let integer = Int(small)
        var broken: [String] = []
        if integer > range.upperBound { broken = [Rule.valueAtMost(range.upperBound)] }
        if integer < range.lowerBound { broken = [Rule.valueAtLeast(range.lowerBound)] }
        return (.integer(integer), String(integer), broken)
    }

    private func string(_ json: JSON) throws(InputFailure) -> String {
        guard case .string(let string) = json else { throw .serialization(.expected("a string")) }
        return string.text
    }

    private func blob(_ json: JSON, bytesMax: Int) throws(InputFailure) -> [UInt8] {
        guard case .string(let string) = json else { throw .serialization(.expected("base64 text")) }
        guard let bytes = Base64.decode(string.utf8) else { throw .serialization(.malformedBase64) }
        return bytes
    }

    private func timestamp(_ json: JSON) throws(InputFailure) -> Date {
        guard case .number(let number) = json, let seconds = number.double,
            abs(seconds) <= Self.timestampSecondsMax
        else { throw .serialization(.expected("seconds since 1970")) }
        return Date(timeIntervalSince1970: seconds)
    }

    /// The end of the year 9999: what CloudTrail's and every SDK's date formats can still write.
    private static let timestampSecondsMax = 253_402_300_799.0

    private func map(_ json: JSON) throws(InputFailure) -> [(key: String, value: String)] {
        guard case .object(let object) = json else { throw .serialization(.expected("an object")) }
        var pairs: [(key: String, value: String)] = []
        pairs.reserveCapacity(object.count)
        for (key, value) in object.members {
            pairs.append((key.text, try string(value)))
        }
        return pairs
    }
}
