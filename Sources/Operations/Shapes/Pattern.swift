/// A regular expression of a service model together with code that decides it.
///
/// Validation messages quote the text; requests are matched by the function, which is some fifty times
/// faster than a regular expression and cannot be made to backtrack.
package struct Pattern: Sendable {
    /// The expression as the model writes it.
    package let text: String
    package let matches: @Sendable (String) -> Bool

    package init(_ text: String, matches: @escaping @Sendable (String) -> Bool) {
        self.text = text
        self.matches = matches
    }

    /// A pattern decided by the regular expression itself, for members of rare operations.
    package static func expression(_ text: String) -> Pattern {
        Pattern(text) { value in
            guard let expression = try? Regex(text) else {
                preconditionFailure("\(text) is not a regular expression")
            }
            return value.contains(expression)
        }
    }

    /// A pattern of one character class: every character must be in it.
    package static func characters(
        _ text: String,
        emptyAllowed: Bool = false,
        _ isAllowed: @escaping @Sendable (Unicode.Scalar) -> Bool
    ) -> Pattern {
        Pattern(text) { value in
            (emptyAllowed || !value.isEmpty) && value.unicodeScalars.allSatisfy(isAllowed)
        }
    }
}

extension Unicode.Scalar {
    /// An ASCII letter or digit.
    package var isASCIIAlphanumeric: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
