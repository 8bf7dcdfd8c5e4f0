/// What a write takes for granted about the record before it.
package enum Expectation: Hashable, Sendable {
    case any
    case absent
    case version(Int64)

    /// Whether it is met by a record of this version, or by no record when nil.
    package func isMet(by version: Int64?) -> Bool {
        switch self {
        case .any: true
        case .absent: version == nil
        case .version(let expected): version == expected
        }
    }
}

/// One step of a batch.
package enum Write: Hashable, Sendable {
    case put(RecordKey, [UInt8], expecting: Expectation)
    /// Deleting a record that is absent, where that is allowed, changes nothing and leaves no change.
    case delete(RecordKey, expecting: Expectation)
    /// Changes nothing, but fails the batch when its expectation is not met.
    case check(RecordKey, expecting: Expectation)

    package var key: RecordKey {
        switch self {
        case .put(let key, _, _), .delete(let key, _), .check(let key, _): key
        }
    }

    package var expectation: Expectation {
        switch self {
        case .put(_, _, let expectation), .delete(_, let expectation), .check(_, let expectation): expectation
        }
    }
}

/// What a committed batch did.
package struct CommitResult: Hashable, Sendable {
    /// For each write of the batch its change's number, which is the record's new version; nil when it
    /// changed nothing.
    package let versions: [Int64?]

    package init(versions: [Int64?]) { self.versions = versions }
}
