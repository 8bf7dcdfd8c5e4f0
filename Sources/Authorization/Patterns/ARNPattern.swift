/// A pattern over an ARN, each of whose six colon-separated parts is matched on its own.
///
/// A wildcard never spans a colon of the first five parts. An ARN written with fewer parts is completed with
/// `*`. Source: IAM User Guide, "IAM JSON policy elements: Resource", and "Amazon Resource Name (ARN)
/// condition operators".
struct ARNPattern: Hashable, Sendable {
    static let partCount = 6

    private enum Form: Hashable, Sendable {
        /// Every text, whether an ARN or not.
        case anything
        /// A value that begins with a variable, which may stand for several parts.
        case whole(PatternTemplate)
        case parts([PatternTemplate])
    }

    private let form: Form

    /// Compiles a written ARN pattern.
    ///
    /// - Throws: ``PolicyError/invalidVariable(_:)``, or ``PolicyError/invalidResource(_:)`` when the text is
    ///   neither `*` nor begins with `arn:` or a variable.
    init(parsing text: String, variables: Bool) throws(PolicyError) {
        if text == "*" {
            form = .anything
            return
        }
        let written = try PatternTemplate.parts(of: text, .init(wildcards: true, variables: variables))
        if case .variable = written.first {
            form = .whole(PatternTemplate(written))
            return
        }
        guard text.hasPrefix("arn:") else { throw .invalidResource(text) }
        var split: [[PatternTemplate.Part]] = [[]]
        for part in written {
            if part == .token(.byte(UInt8(ascii: ":"))), split.count < Self.partCount {
                split.append([])
            } else {
                split[split.count - 1].append(part)
            }
        }
        while split.count < Self.partCount { split.append([.token(.anyRun)]) }
        form = .parts(split.map { PatternTemplate($0) })
    }

    /// Whether this pattern matches every text.
    var matchesEverything: Bool { form == .anything }

    /// What every matching ARN begins with.
    var literalBeginning: LiteralBeginning {
        guard case .parts(let parts) = form else { return LiteralBeginning(bytes: [], isWhole: false) }
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ":")) }
            let literal = part.literalBeginning
            bytes += literal.bytes
            guard literal.isWhole else { return LiteralBeginning(bytes: bytes, isWhole: false) }
        }
        return LiteralBeginning(bytes: bytes, isWhole: true)
    }

    /// The condition keys whose values are put in.
    var variableKeys: [ConditionKey] {
        switch form {
        case .anything: []
        case .whole(let template): template.variableKeys
        case .parts(let parts): parts.flatMap(\.variableKeys)
        }
    }

    /// Compares an ARN.
    ///
    /// - Returns: `.malformed` when the text has fewer than six parts.
    func compare(_ text: Span<UInt8>, _ evaluation: Evaluation) -> Comparison {
        switch form {
        case .anything: .equal
        case .whole(let template): template.compare(text, evaluation)
        case .parts(let parts): Self.compare(parts, text, evaluation)
        }
    }

    private static func compare(
        _ parts: [PatternTemplate],
        _ text: Span<UInt8>,
        _ evaluation: Evaluation
    ) -> Comparison {
        var outcome = Comparison.equal
        var start = 0
        for (index, part) in parts.enumerated() {
            let end = index == partCount - 1 ? text.count : colon(in: text, from: start)
            guard let end else { return .malformed }
            switch part.compare(text.extracting(start..<end), evaluation) {
            case .equal: break
            case .different: return .different
            case .unresolved: outcome = .unresolved
            case .malformed: return .malformed
            }
            start = end + 1
        }
        return outcome
    }

    private static func colon(in text: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < text.count {
            if text[index] == UInt8(ascii: ":") { return index }
            index += 1
        }
        return nil
    }
}
