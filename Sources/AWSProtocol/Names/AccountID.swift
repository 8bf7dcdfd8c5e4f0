/// The number of an account: exactly twelve decimal digits.
package struct AccountID: WireText {
    package let description: String

    /// Nil unless the text is twelve ASCII digits.
    package init?(_ text: String) {
        guard text.utf8.count == 12, text.utf8.allSatisfy({ $0.isASCIIDigit }) else { return nil }
        description = text
    }
}
