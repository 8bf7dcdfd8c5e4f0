import Cryptography

/// What sort of thing a record holds; each module names its own.
package struct RecordKind: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ name: String) { self.rawValue = name }
}

/// Where a record lies: its kind, and a key that is unique among records of the kind.
///
/// Keys are compared and ordered by their UTF-8 bytes, never by Unicode equivalence.
package struct RecordKey: Sendable {
    package let kind: RecordKind
    package let key: String

    package init(_ kind: RecordKind, _ key: String) {
        self.kind = kind
        self.key = key
    }
}

extension RecordKey: Hashable {
    package static func == (left: RecordKey, right: RecordKey) -> Bool {
        left.kind == right.kind && UTF8Order.areEqual(left.key, right.key)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        UTF8Order.hash(key, into: &hasher)
    }
}

extension RecordKey: CustomStringConvertible {
    package var description: String { "\(kind.rawValue)/\(key)" }
}
