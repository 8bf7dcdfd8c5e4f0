/// What one value of a request may be, as an AWS service model describes it.
///
/// The vocabulary is that of the models botocore ships (`service-2.json`): a test holds the declared shapes
/// of every operation against that model.
package indirect enum Shape: Sendable {
    case string(length: ClosedRange<Int>? = nil, pattern: Pattern? = nil, isSensitive: Bool = false)
    case enumeration([String])
    /// Bytes, base64 in JSON. `length` counts the decoded bytes.
    case blob(length: ClosedRange<Int>, isSensitive: Bool = false)
    case integer(ClosedRange<Int>)
    case boolean
    /// Seconds since 1970, with a fraction.
    case timestamp
    case list(Shape, length: ClosedRange<Int>? = nil)
    /// A map from strings to strings.
    case map
    case structure([Member])
}

/// One named value of a structure.
///
/// A class, because requests are read member by member, and a copy would retain both names and the shape.
package final class Member: Sendable {
    /// The wire name, as in `KeyId`.
    package let name: String
    package let shape: Shape
    package let isRequired: Bool
    /// The name as validation messages and audit events show it, as in `keyId`.
    package let camelName: String

    package init(_ name: String, _ shape: Shape, isRequired: Bool = false) {
        self.name = name
        self.shape = shape
        self.isRequired = isRequired
        camelName = name.prefix(1).lowercased() + name.dropFirst()
    }

    /// A member the caller must send.
    package static func required(_ name: String, _ shape: Shape) -> Member {
        Member(name, shape, isRequired: true)
    }

    /// A member the caller may leave out.
    package static func optional(_ name: String, _ shape: Shape) -> Member {
        Member(name, shape)
    }
}
