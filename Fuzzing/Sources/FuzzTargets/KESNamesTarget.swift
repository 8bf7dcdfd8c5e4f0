import Foundation

@testable import KES

/// Names, listing patterns, rules, moments, durations and API keys of KES.
enum KESNamesTarget {
    static let target = FuzzTarget(name: "kes-names", bytesMax: 192, run: run) {
        FuzzTarget.seeds([
            ("name", "my-key_1"), ("listing", "my~my-key-1024"), ("star", "my*"),
            ("rule", "/v1/key/*/my-[a-z]?\\*\n/v1/key/create/my-x*"), ("class", "[^a-\\]b]*[b\n/ab"),
            ("backtrack", "*a*b*c\naaabbbccc"), ("moment", "2026-11-21T01:53:19.356961074Z"),
            ("offset", "2023-02-29T23:59:59+14:00"), ("duration", "-1h30m0.5s300ms"), ("micro", "2µs"),
            ("key", "kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw"),
            ("identity", "0426fa9a04bc2756b92fbe8a97e1a1e07b53ecf04ed33da22c33e5c9faeb8cbb"),
        ])
    }

    static func run(_ input: [UInt8]) {
        let text = input.repairedText
        names(text)
        times(text)
        let lines = input.pieces(max: 2)
        rules(lines[0].repairedText, lines.count > 1 ? lines[1] : [])
        if let key = APIKey(text) {
            promise(key.exposingSecret { $0 } == text, "an API key is written otherwise")
            promise(!"\(key)".contains(text), "an API key shows itself")
        }
        if let identity = Identity(text) {
            promise(identity.text == text.lowercased(), "an identity is written otherwise")
        }
    }

    private static func names(_ text: String) {
        if let name = accepted({ () throws(KESError) in try KeyName(text) }) {
            promise(name.text == text && (1...80).contains(text.utf8.count), "a name is another")
            promise(!text.contains("/") && !text.contains("."), "a name leads elsewhere")
        }
        guard let pattern = accepted({ () throws(KESError) in try ListPattern(text) }) else { return }
        promise(text.hasPrefix(pattern.prefix), "a pattern has another prefix")
        let name = "\(pattern.prefix)z".prefix(80)
        guard KESName.isValid(String(name)) else { return }
        let next = accepted { () throws(KESError) in
            try ListPattern(pattern.continuation(at: String(name)))
        }
        promise(
            next?.prefix == pattern.prefix && next?.startingAt == String(name),
            "a listing goes on elsewhere"
        )
    }

    private static func times(_ text: String) {
        if let moment = Moment(rfc3339: text) {
            promise(Moment(rfc3339: moment.rfc3339) == moment, "a moment is written otherwise: \(moment)")
        }
        if let duration = Duration(go: text) {
            promise(duration > .seconds(-9_223_372_037) && duration < .seconds(9_223_372_037), "too long")
            promise(
                text.hasPrefix("-") ? duration <= .zero : duration >= .zero,
                "a duration has another sign: \(text)"
            )
        }
    }

    private static func rules(_ text: String, _ path: [UInt8]) {
        let rule = PathPattern(text)
        let isPrefix = text.hasSuffix("*") && path.starts(with: text.utf8.dropLast())
        promise(
            rule.matchesPrefix(path) == (isPrefix || !text.hasSuffix("*") && Array(text.utf8) == path),
            "a rule matches another prefix"
        )
        promise(
            rule.matches(path) == (rule.matchesPrefix(path) || rule.matchesGlob(path)),
            "a rule does not match in either reading"
        )
        // Ambiguity means that there may be a path which only one reading matches.
        if rule.ambiguity == nil, !text.hasSuffix("*") {
            promise(rule.matchesGlob(path) == (Array(text.utf8) == path) || text.contains("\\"), "\(text)")
        }
        guard let slow = SlowGlob.matches(text, path) else { return }
        promise(rule.matchesGlob(path) == slow, "a glob matches otherwise: \(text)")
    }
}

/// `path.Match` over ASCII patterns without classes and escapes, by trying everything.
private enum SlowGlob {
    /// Nil for patterns that it does not know, and where it would take too long.
    static func matches(_ pattern: String, _ path: [UInt8]) -> Bool? {
        let bytes = Array(pattern.utf8)
        let isKnown = bytes.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "\\") }
        guard isKnown, path.allSatisfy({ $0 < 0x80 }), bytes.count < 24, path.count < 24,
            bytes.count(where: { $0 == UInt8(ascii: "*") }) < 5
        else { return nil }
        return matches(bytes[...], path[...])
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ path: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case UInt8(ascii: "*"):
            if matches(rest, path) { return true }
            guard let next = path.first, next != UInt8(ascii: "/") else { return false }
            return matches(pattern, path.dropFirst())
        case UInt8(ascii: "?"):
            guard let next = path.first, next != UInt8(ascii: "/") else { return false }
            return matches(rest, path.dropFirst())
        default: return path.first == first && matches(rest, path.dropFirst())
        }
    }
}
