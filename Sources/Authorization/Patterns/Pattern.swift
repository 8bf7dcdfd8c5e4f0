/// A compiled wildcard pattern: `*` is any run of characters, `?` is exactly one.
struct Pattern: Hashable, Sendable {
    enum Token: Hashable, Sendable {
        case byte(UInt8)
        case anyCharacter
        case anyRun
    }

    private enum Form: Hashable, Sendable {
        case anything
        case exact([UInt8])
        case prefix([UInt8])
        case tokens([Token])
    }

    private let form: Form

    /// Matches every text, the empty one too.
    static let anything = Pattern([.anyRun])

    init(_ tokens: [Token]) {
        var literal: [UInt8] = []
        var isLiteralPrefix = true
        for (index, token) in tokens.enumerated() {
            switch token {
            case .byte(let byte): literal.append(byte)
            case .anyRun where index == tokens.count - 1: break
            case .anyRun, .anyCharacter: isLiteralPrefix = false
            }
            guard isLiteralPrefix else { break }
        }
        if !isLiteralPrefix {
            form = .tokens(tokens)
        } else if tokens.last == .anyRun {
            form = literal.isEmpty ? .anything : .prefix(literal)
        } else {
            form = .exact(literal)
        }
    }

    /// Compiles a pattern in which `*` and `?` are wildcards and nothing is escaped.
    init(wildcards text: String) {
        self.init(text.utf8.map(Pattern.token))
    }

    static func token(_ byte: UInt8) -> Token {
        switch byte {
        case UInt8(ascii: "*"): .anyRun
        case UInt8(ascii: "?"): .anyCharacter
        default: .byte(byte)
        }
    }

    /// Whether this pattern matches every text.
    var matchesEverything: Bool { form == .anything }

    /// What every matching text begins with, in the pattern's case.
    var literalBeginning: LiteralBeginning {
        switch form {
        case .anything: LiteralBeginning(bytes: [], isWhole: false)
        case .exact(let bytes): LiteralBeginning(bytes: bytes, isWhole: true)
        case .prefix(let bytes): LiteralBeginning(bytes: bytes, isWhole: false)
        case .tokens(let tokens):
            LiteralBeginning(
                bytes: tokens.prefix { if case .byte = $0 { true } else { false } }.compactMap { token in
                    if case .byte(let byte) = token { byte } else { nil }
                },
                isWhole: false
            )
        }
    }

    /// Whether the whole text matches.
    ///
    /// - Parameters:
    ///   - text: UTF-8 bytes.
    ///   - foldingCase: lower-cases ASCII letters of the text first; the pattern must be lower case already.
    /// - Returns: false when any part of the text is left over.
    func matches(_ text: Span<UInt8>, foldingCase: Bool = false) -> Bool {
        switch form {
        case .anything: true
        case .exact(let bytes):
            text.count == bytes.count && Self.starts(text, with: bytes.span, foldingCase)
        case .prefix(let bytes):
            text.count >= bytes.count && Self.starts(text, with: bytes.span, foldingCase)
        case .tokens(let tokens):
            Self.search(tokens.span, in: text, foldingCase)
        }
    }

    private static func starts(_ text: Span<UInt8>, with bytes: Span<UInt8>, _ foldingCase: Bool) -> Bool {
        for index in bytes.indices where fold(text[index], foldingCase) != bytes[index] {
            return false
        }
        return true
    }

    @inline(__always)
    private static func fold(_ byte: UInt8, _ foldingCase: Bool) -> UInt8 {
        foldingCase && byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// Matches greedily and goes back only to the latest run.
    ///
    /// That alone could take as many steps as the product of both lengths, which a policy's author and a caller
    /// can make hundreds of millions; after a multiple of their sum the automaton, which is even, takes over.
    private static func search(_ tokens: Span<Token>, in text: Span<UInt8>, _ foldingCase: Bool) -> Bool {
        var token = 0
        var position = 0
        var resume: (token: Int, position: Int)?
        var stepsLeft = stepsMin + stepsPerByte * (tokens.count + text.count)
        while position < text.count {
            if token < tokens.count {
                switch tokens[token] {
                case .byte(let byte) where byte == fold(text[position], foldingCase):
                    token += 1
                    position += 1
                    continue
                case .anyCharacter:
                    token += 1
                    position = characterEnd(text, after: position)
                    continue
                case .anyRun:
                    token += 1
                    resume = (token, position)
                    continue
                case .byte: break
                }
            }
            guard let last = resume else { return false }
            stepsLeft -= position - last.position
            guard stepsLeft > 0 else {
                return PatternAutomaton(tokens).matches(text) { fold($0, foldingCase) }
            }
            position = characterEnd(text, after: last.position)
            token = last.token
            resume = (token, position)
        }
        while token < tokens.count, tokens[token] == .anyRun { token += 1 }
        return token == tokens.count
    }

    private static let stepsMin = 256
    private static let stepsPerByte = 4

    /// The offset behind the character that begins at an offset, so that `?` takes a whole UTF-8 sequence.
    private static func characterEnd(_ text: Span<UInt8>, after position: Int) -> Int {
        var end = position + 1
        while end < text.count, text[end] & 0b1100_0000 == 0b1000_0000 { end += 1 }
        return end
    }
}
