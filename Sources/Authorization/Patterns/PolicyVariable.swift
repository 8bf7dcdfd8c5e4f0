/// A `${…}` placeholder: a condition key whose single value is put in, or a default.
///
/// Source: IAM User Guide, "IAM policy elements: Variables and tags".
struct PolicyVariable: Hashable, Sendable {
    let key: ConditionKey
    let fallback: String?

    /// Reads what stands between the braces: `aws:username` or `aws:PrincipalTag/team, 'none'`.
    ///
    /// - Returns: nil when the text names no condition key or its default is not quoted.
    init?(parsing text: Substring) {
        let name: Substring
        if let comma = text.firstIndex(of: ",") {
            name = text[..<comma].trimmingTrailingSpaces()
            let quoted = text[text.index(after: comma)...].trimmingSpaces()
            guard quoted.utf8.count >= 2, quoted.first == "'", quoted.last == "'" else { return nil }
            let inner = quoted.dropFirst().dropLast()
            guard !inner.contains("'") else { return nil }
            fallback = String(inner)
        } else {
            name = text
            fallback = nil
        }
        guard let key = ConditionKey(parsing: String(name)) else { return nil }
        self.key = key
    }
}

extension Substring {
    fileprivate func trimmingTrailingSpaces() -> Substring {
        var rest = self
        while rest.last == " " { rest.removeLast() }
        return rest
    }

    fileprivate func trimmingSpaces() -> Substring {
        drop { $0 == " " }.trimmingTrailingSpaces()
    }
}
