/// A secret that several tasks or threads read: its bytes are wiped when the last of them lets go.
package final class SharedSecret: Sendable {
    private let bytes: SecretBytes

    package init(_ bytes: consuming SecretBytes) { self.bytes = bytes }

    package var count: Int { bytes.count }

    /// Gives the bytes to `body`; the pointer dies with the closure.
    package func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeBytes(body)
    }

    /// Compares in a time that depends on the lengths only.
    package func isEqual(to other: SharedSecret) -> Bool { bytes.isEqual(to: other.bytes) }
}

extension SharedSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .class) }
}
