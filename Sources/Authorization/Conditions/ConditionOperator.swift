/// A condition operator as written: its type, its set qualifier and `IfExists`.
///
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
struct ConditionOperator: Hashable, Sendable {
    enum Kind: String, CaseIterable, Hashable, Sendable {
        case stringEquals = "StringEquals"
        case stringNotEquals = "StringNotEquals"
        case stringEqualsIgnoreCase = "StringEqualsIgnoreCase"
        case stringNotEqualsIgnoreCase = "StringNotEqualsIgnoreCase"
        case stringLike = "StringLike"
        case stringNotLike = "StringNotLike"
        case numericEquals = "NumericEquals"
        case numericNotEquals = "NumericNotEquals"
        case numericLessThan = "NumericLessThan"
        case numericLessThanEquals = "NumericLessThanEquals"
        case numericGreaterThan = "NumericGreaterThan"
        case numericGreaterThanEquals = "NumericGreaterThanEquals"
        case dateEquals = "DateEquals"
        case dateNotEquals = "DateNotEquals"
        case dateLessThan = "DateLessThan"
        case dateLessThanEquals = "DateLessThanEquals"
        case dateGreaterThan = "DateGreaterThan"
        case dateGreaterThanEquals = "DateGreaterThanEquals"
        case bool = "Bool"
        case binaryEquals = "BinaryEquals"
        case ipAddress = "IpAddress"
        case notIPAddress = "NotIpAddress"
        case arnEquals = "ArnEquals"
        case arnLike = "ArnLike"
        case arnNotEquals = "ArnNotEquals"
        case arnNotLike = "ArnNotLike"
        case null = "Null"

        /// Whether the operator holds when no listed value matches.
        var isNegated: Bool {
            switch self {
            case .stringNotEquals, .stringNotEqualsIgnoreCase, .stringNotLike, .numericNotEquals,
                .dateNotEquals, .notIPAddress, .arnNotEquals, .arnNotLike:
                true
            default: false
            }
        }
    }

    /// How a key with several values is read.
    enum Quantifier: String, CaseIterable, Hashable, Sendable {
        case forAllValues = "ForAllValues"
        case forAnyValue = "ForAnyValue"
    }

    let kind: Kind
    let quantifier: Quantifier?
    let ifExists: Bool

    /// Reads `StringEquals`, `ForAllValues:StringLike`, `NumericLessThanIfExists`.
    ///
    /// - Returns: nil for an operator AWS does not have; `Null` takes neither qualifier nor `IfExists`.
    init?(parsing text: String) {
        var rest = Substring(text)
        var quantifier: Quantifier?
        if let colon = rest.firstIndex(of: ":") {
            quantifier = Quantifier(rawValue: String(rest[..<colon]))
            guard quantifier != nil else { return nil }
            rest = rest[rest.index(after: colon)...]
        }
        let suffix = "IfExists"
        ifExists = rest.hasSuffix(suffix)
        if ifExists { rest = rest.dropLast(suffix.count) }
        guard let kind = Kind(rawValue: String(rest)) else { return nil }
        if kind == .null, ifExists || quantifier != nil { return nil }
        self.kind = kind
        self.quantifier = quantifier
    }

    /// The operator as policies write it.
    var name: String {
        (quantifier.map { "\($0.rawValue):" } ?? "") + kind.rawValue + (ifExists ? "IfExists" : "")
    }
}
