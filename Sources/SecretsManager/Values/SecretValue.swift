import Cryptography

/// The value of a version, in the clear: it lives for one call and prints nothing.
package struct SecretValue: Sendable {
    package enum Kind: String, Sendable, Codable {
        case string
        case binary
    }

    package let kind: Kind
    private let bytes: [UInt8]

    package init(_ kind: Kind, _ bytes: [UInt8]) {
        self.kind = kind
        self.bytes = bytes
    }

    /// The bytes, for the cipher and for the answer of the one call that asked for them.
    package func exposingSecret<Result, Failure: Error>(
        _ body: ([UInt8]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes)
    }

    /// Whether two values are the same, in a time that does not tell where they differ.
    func isEqual(to other: SecretValue) -> Bool {
        kind == other.kind && ConstantTime.areEqual(bytes, other.bytes)
    }
}

extension SecretValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
