/// A copyable secret that prints as `<redacted>` everywhere: in text, in a debugger, in `dump`.
///
/// For a password in the configuration or a session token. It is neither Hashable nor Codable, so that no
/// dictionary key and no wire form takes it by accident. Memory is not wiped: where that matters and one
/// owner suffices, use ``SecretBytes``.
package struct Redacted<Value> {
    private let value: Value

    package init(_ value: Value) { self.value = value }

    /// Gives the secret to `body`; every use of a redacted value is found by searching for this name.
    package func exposingSecret<Result, Failure: Error>(
        _ body: (Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(value)
    }
}

extension Redacted where Value == String {
    /// Compares in a time that depends on the lengths only.
    package func isEqual(to candidate: String) -> Bool { ConstantTime.areEqual(value, candidate) }
}

extension Redacted: Sendable where Value: Sendable {}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    // Without a mirror of its own, `dump` walks the stored property and shows it.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
