@testable import Authorization

/// The matcher of `*` and `?`: it agrees with a slow one that is plainly right.
enum WildcardsTarget {
    static let target = FuzzTarget(name: "wildcards", bytesMax: 256, run: run) {
        FuzzTarget.seeds([
            ("star", "*\nanything"), ("prefix", "kms:*\nkms:Encrypt"), ("inner", "a*b?c*\naXXbYcZZ"),
            ("stars", "*a*a*a*a*b\naaaaaaaaaaaaaaaa"), ("wide", "?é?\n😀é😀"),
            ("arn", "arn:aws:kms:*:111122223333:key/*\narn:aws:kms:us-east-1:111122223333:key/a"),
            ("variable", "arn:aws:s3:::${aws:username}/*\narn:aws:s3:::alice/a"),
        ])
    }

    static func run(_ input: [UInt8]) {
        let parts = input.pieces(max: 2).map(\.repairedText)
        guard parts.count == 2 else { return }
        let (pattern, text) = (parts[0], Array(parts[1].utf8))
        let ours = Pattern(wildcards: pattern).matches(text.span)
        promise(ours == matches(pattern, parts[1]), "\(pattern) and \(parts[1]): we say \(ours)")
        let tokens = pattern.utf8.map(Pattern.token)
        let even = PatternAutomaton(tokens.span).matches(text.span) { $0 }
        promise(even == ours, "\(pattern) and \(parts[1]): the automaton says \(even)")
        let lowered = Pattern(wildcards: pattern.lowercased()).matches(text.span, foldingCase: true)
        if ours, pattern.utf8.allSatisfy({ $0 < 0x80 }) {
            promise(lowered, "\(pattern) matches \(parts[1]) with case and not without")
        }
    }

    /// Fills the table of all pairs of a beginning of the pattern and a beginning of the text; a `?` takes one
    /// character of Unicode.
    private static func matches(_ pattern: String, _ text: String) -> Bool {
        let characters = Array(text.unicodeScalars)
        var row = [true] + Array(repeating: false, count: characters.count)
        for token in pattern.unicodeScalars {
            var next = Array(repeating: false, count: characters.count + 1)
            next[0] = token == "*" && row[0]
            for index in characters.indices {
                next[index + 1] =
                    switch token {
                    case "*": next[index] || row[index + 1]
                    case "?": row[index]
                    default: row[index] && characters[index] == token
                    }
            }
            row = next
        }
        return row[characters.count]
    }
}
