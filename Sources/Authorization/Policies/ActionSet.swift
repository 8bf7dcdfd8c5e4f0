/// The `Action` or `NotAction` element of a statement; operation names are case-insensitive.
struct ActionSet: Sendable {
    let patterns: [Pattern]
    let isNegated: Bool

    /// Compiles the element's values.
    ///
    /// - Throws: ``PolicyError/invalidAction(_:)`` for text that is neither `*` nor `service:operation`.
    init(_ actions: [String], isNegated: Bool) throws(PolicyError) {
        for action in actions where !Self.isAction(action) { throw .invalidAction(action) }
        patterns = actions.map { Pattern(wildcards: $0.lowercased()) }
        self.isNegated = isNegated
    }

    func matches(_ action: String) -> Bool {
        let text = action.utf8.span
        for pattern in patterns where pattern.matches(text, foldingCase: true) {
            return !isNegated
        }
        return isNegated
    }

    private static func isAction(_ text: String) -> Bool {
        if text == "*" { return true }
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isActionByte) }
    }

    private static func isActionByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "*"), UInt8(ascii: "?"):
            true
        default: false
        }
    }
}
