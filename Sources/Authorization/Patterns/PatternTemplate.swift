/// A pattern that may hold policy variables, compiled as far as possible when the policy is read.
struct PatternTemplate: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case token(Pattern.Token)
        case variable(PolicyVariable)
    }

    /// What the characters of the written text mean.
    struct Syntax {
        /// `*` and `?` are wildcards.
        var wildcards: Bool
        /// `${…}` is a variable; only in version 2012-10-17.
        var variables: Bool
        /// The pattern is compared with lower-cased text.
        var lowercased = false
    }

    private enum Form: Hashable, Sendable {
        case fixed(Pattern)
        case open([Part], lowercased: Bool)
    }

    private let form: Form

    init(_ parts: [Part], lowercased: Bool = false) {
        var tokens: [Pattern.Token] = []
        for part in parts {
            guard case .token(let token) = part else {
                form = .open(parts, lowercased: lowercased)
                return
            }
            tokens.append(token)
        }
        form = .fixed(Pattern(tokens))
    }

    /// Compiles a written value.
    ///
    /// - Throws: ``PolicyError/invalidVariable(_:)``.
    init(parsing text: String, _ syntax: Syntax) throws(PolicyError) {
        self.init(try Self.parts(of: text, syntax), lowercased: syntax.lowercased)
    }

    /// Whether this template matches every text.
    var matchesEverything: Bool {
        if case .fixed(let pattern) = form { pattern.matchesEverything } else { false }
    }

    /// What every matching text begins with, whatever the variables stand for.
    var literalBeginning: LiteralBeginning {
        switch form {
        case .fixed(let pattern): return pattern.literalBeginning
        case .open(let parts, _):
            let tokens = parts.prefix { if case .token(.byte) = $0 { true } else { false } }
            let bytes = tokens.compactMap { part -> UInt8? in
                if case .token(.byte(let byte)) = part { byte } else { nil }
            }
            return LiteralBeginning(bytes: bytes, isWhole: false)
        }
    }

    /// The condition keys whose values are put in.
    var variableKeys: [ConditionKey] {
        guard case .open(let parts, _) = form else { return [] }
        return parts.compactMap { part in
            if case .variable(let variable) = part { variable.key } else { nil }
        }
    }

    /// Compares a text, filling in the variables of this request.
    ///
    /// - Returns: `.equal`, `.different`, or `.unresolved` when a variable has no single value.
    func compare(_ text: Span<UInt8>, _ evaluation: Evaluation) -> Comparison {
        switch form {
        case .fixed(let pattern):
            return pattern.matches(text) ? .equal : .different
        case .open(let parts, let lowercased):
            guard let pattern = Self.resolve(parts, lowercased, evaluation) else { return .unresolved }
            return pattern.matches(text) ? .equal : .different
        }
    }

    /// Puts values in as literal text: a `*` inside a tag value must never act as a wildcard.
    private static func resolve(_ parts: [Part], _ lowercased: Bool, _ evaluation: Evaluation) -> Pattern? {
        var tokens: [Pattern.Token] = []
        for part in parts {
            switch part {
            case .token(let token):
                tokens.append(token)
            case .variable(let variable):
                guard let value = evaluation.singleValue(for: variable.key) ?? variable.fallback else {
                    return nil
                }
                let text = lowercased ? value.lowercased() : value
                tokens.append(contentsOf: text.utf8.map(Pattern.Token.byte))
            }
        }
        return Pattern(tokens)
    }

    /// Splits a written value into wildcards, literal bytes and variables.
    static func parts(of text: String, _ syntax: Syntax) throws(PolicyError) -> [Part] {
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var literalStart = 0
        var index = 0
        while index < bytes.count {
            guard syntax.variables, bytes[index] == UInt8(ascii: "$"),
                index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "{")
            else {
                index += 1
                continue
            }
            parts.append(contentsOf: tokens(bytes[literalStart..<index], syntax))
            guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
                throw .invalidVariable(text)
            }
            parts.append(try variable(bytes[(index + 2)..<end], in: text))
            index = end + 1
            literalStart = index
        }
        parts.append(contentsOf: tokens(bytes[literalStart...], syntax))
        return parts
    }

    private static func tokens(_ bytes: ArraySlice<UInt8>, _ syntax: Syntax) -> [Part] {
        let text =
            syntax.lowercased ? Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8)[...] : bytes
        return text.map { .token(syntax.wildcards ? Pattern.token($0) : .byte($0)) }
    }

    private static func variable(_ inner: ArraySlice<UInt8>, in text: String) throws(PolicyError) -> Part {
        let name = String(decoding: inner, as: UTF8.self)
        switch name {
        case "*": return .token(.byte(UInt8(ascii: "*")))
        case "?": return .token(.byte(UInt8(ascii: "?")))
        case "$": return .token(.byte(UInt8(ascii: "$")))
        default:
            guard let variable = PolicyVariable(parsing: name[...]) else { throw .invalidVariable(text) }
            return .variable(variable)
        }
    }
}
