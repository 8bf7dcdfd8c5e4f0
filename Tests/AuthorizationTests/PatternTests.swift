import OperationsTesting
import Testing

@testable import Authorization

@Suite("Pattern")
struct PatternTests {
    @Test(arguments: [
        ("*", "", true), ("*", "anything", true), ("", "", true), ("", "a", false),
        ("abc", "abc", true), ("abc", "abcd", false), ("abc", "ab", false), ("abc", "ABC", false),
        ("abc*", "abc", true), ("abc*", "abcdef", true), ("abc*", "ab", false),
        ("*c", "abc", true), ("*c", "abcd", false), ("a*c", "abbbc", true), ("a*c", "ac", true),
        ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXcYb", false), ("**a", "ba", true),
        ("a?c", "abc", true), ("a?c", "ac", false), ("?", "é", true), ("??", "é", false),
        ("*?", "😀", true), ("*??", "😀", false), ("a*?*", "a", false), ("a*?*", "ab", true),
        ("*aab", "aaaaab", true), ("*abab*", "aababab", true), ("?*?", "x", false),
    ])
    func `matches whole texts with wildcards`(pattern: String, text: String, expected: Bool) {
        #expect(Pattern(wildcards: pattern).matches(string: text) == expected)
    }

    @Test func `folds the case of ASCII letters only when asked`() {
        let pattern = Pattern(wildcards: "kms:re*crypt?rom")
        #expect(pattern.matches(string: "KMS:ReEncryptFrom", foldingCase: true))
        #expect(!pattern.matches(string: "KMS:ReEncryptFrom"))
        #expect(!Pattern(wildcards: "a[").matches(string: "a{", foldingCase: true))
    }

    @Test func `agrees with a plain recursive matcher`() {
        for seed in UInt64(0)..<3_000 {
            var random = SeededGenerator(seed: seed)
            let pattern = (0..<Int(random.next() % 8)).map { _ in random.pick(["a", "b", "*", "?"]) }.joined()
            let text = (0..<Int(random.next() % 8)).map { _ in random.pick(["a", "b"]) }.joined()
            #expect(
                Pattern(wildcards: pattern).matches(string: text) == Self.matches(pattern[...], text[...]),
                "seed \(seed): \(pattern) against \(text)"
            )
        }
    }

    @Test func `does not blow up on many runs`() {
        let pattern = Pattern(wildcards: String(repeating: "*a", count: 200) + "b")
        #expect(!pattern.matches(string: String(repeating: "a", count: 5_000)))
    }

    @Test func `takes time for the sum of both lengths and not for their product`() {
        let text = String(repeating: "a", count: 32_000)
        for end in ["b*c", "?b", "b"] {
            let pattern = Pattern(wildcards: "*" + String(repeating: "a", count: 16_000) + end)
            let effort = threadTime { #expect(!pattern.matches(string: text)) }
            // Going back takes 250 million steps here: ten seconds and more in a debug build.
            #expect(effort < .seconds(8), "\(end)")
        }
        #expect(Pattern(wildcards: "*" + text + "?c*").matches(string: "bé" + text + "écd"))
    }

    @Test func `agrees with the automaton that takes over`() {
        for seed in UInt64(0)..<3_000 {
            var random = SeededGenerator(seed: seed)
            let count = seed % 50 == 0 ? 200 : 8
            let pattern = (0..<Int(random.next() % UInt64(count)))
                .map { _ in random.pick(["a", "b", "é", "*", "?", "*", "a"]) }.joined()
            let text = (0..<Int(random.next() % UInt64(count)))
                .map { _ in random.pick(["a", "b", "é"]) }.joined()
            let tokens = pattern.utf8.map(Pattern.token)
            let bytes = Array(text.utf8)
            #expect(
                Pattern(wildcards: pattern).matches(string: text)
                    == PatternAutomaton(tokens.span).matches(bytes.span) { $0 },
                "seed \(seed): \(pattern) against \(text)"
            )
        }
    }

    private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        if first == "*" {
            return matches(rest, text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
        }
        guard let head = text.first, first == "?" || first == head else { return false }
        return matches(rest, text.dropFirst())
    }
}

@Suite("ARNPattern")
struct ARNPatternTests {
    @Test(arguments: [
        ("*", "*", Comparison.equal),
        ("*", "arn:aws:s3:::b", .equal),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a:b/c", .equal),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::Bucket/a", .different),
        ("arn:aws:kms:*:111122223333:key/*", "arn:aws:kms:eu-west-1:111122223333:key/x", .equal),
        ("arn:aws:kms:*:key/x", "arn:aws:kms:us-east-1:111122223333:key/x", .different),
        ("arn:aws:kms:*", "arn:aws:kms:us-east-1:111122223333:key/x", .equal),
        ("arn:aws:kms", "arn:aws:kms:us-east-1:111122223333:key/x", .equal),
        ("arn:aws:kms", "arn:aws:s3:::b", .different),
        ("arn:*:kms:*:*:*", "arn:aws:kms:us-east-1:111122223333:key/x", .equal),
        ("arn:aws:iam::?11122223333:role/*", "arn:aws:iam::111122223333:role/a", .equal),
        ("arn:aws:iam::*:role/a", "arn:aws:iam:::role/a", .equal),
        ("arn:aws:iam::*:role/a", "not an arn", .malformed),
        ("arn:aws:iam::*:role/a", "*", .malformed),
    ])
    func `matches each of six parts on its own`(pattern: String, text: String, expected: Comparison) throws {
        let compiled = try ARNPattern(parsing: pattern, variables: true)
        let evaluation = Evaluation(Scenario.request(Scenario.user(), policy: nil))
        #expect(compiled.compare(string: text, evaluation) == expected)
    }

    @Test(arguments: ["", "bucket", "ARN:aws:s3:::b", "?", "**", "$", "$arn:"])
    func `refuses what is neither an ARN nor a star`(text: String) {
        #expect(throws: PolicyError.invalidResource(text)) {
            try ARNPattern(parsing: text, variables: true)
        }
    }
}

// Spans cannot pass through the expectation macros.
extension Pattern {
    fileprivate func matches(string: String, foldingCase: Bool = false) -> Bool {
        matches(string.utf8.span, foldingCase: foldingCase)
    }
}

extension ARNPattern {
    fileprivate func compare(string: String, _ evaluation: Evaluation) -> Comparison {
        compare(string.utf8.span, evaluation)
    }
}
