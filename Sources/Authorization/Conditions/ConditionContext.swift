/// What a request answers about itself when a policy asks.
///
/// The engine asks only for keys that a matching statement mentions, so an implementation should compute each
/// answer when asked and nothing beforehand. Keys that describe the caller (`aws:PrincipalArn` …), the time
/// and the called resource's account never reach it: the engine answers those itself, so that nothing in a
/// request can forge them.
package protocol ConditionContext {
    /// The value or values of a key; nil when the key is not in this request's context.
    func values(for key: ConditionKey) -> ConditionValues?

    /// The time of the request in seconds since 1970, for `aws:CurrentTime`, `aws:EpochTime` and the age of
    /// multi-factor authentication.
    var epochSeconds: Int64 { get }

    /// The encryption context of a cryptographic request, asked for when a grant has constraints.
    ///
    /// Nil and empty are the same to the engine: an operation that supports an encryption context and carries
    /// none fulfils only empty constraints.
    var encryptionContext: [String: String]? { get }
}

extension ConditionContext {
    package var encryptionContext: [String: String]? { nil }
}

/// The value of a condition key in one request.
package enum ConditionValues: Hashable, Sendable {
    /// A key that has at most one value.
    case single(String)
    /// A multivalued key, such as `aws:TagKeys`; an empty list counts as absent.
    case multiple([String])

    /// A Boolean in the spelling of AWS.
    package static func bool(_ value: Bool) -> ConditionValues { .single(value ? "true" : "false") }

    /// The values as a list.
    package var all: [String] {
        switch self {
        case .single(let value): [value]
        case .multiple(let values): values
        }
    }

    var isEmpty: Bool {
        if case .multiple(let values) = self { values.isEmpty } else { false }
    }
}

/// A context that holds every answer beforehand, for callers off the hot path and for tests.
package struct DictionaryContext: ConditionContext, Sendable {
    package var values: [ConditionKey: ConditionValues]
    package var epochSeconds: Int64
    package var encryptionContext: [String: String]?

    package init(
        _ values: [ConditionKey: ConditionValues] = [:],
        epochSeconds: Int64 = 0,
        encryptionContext: [String: String]? = nil
    ) {
        self.values = values
        self.epochSeconds = epochSeconds
        self.encryptionContext = encryptionContext
    }

    package func values(for key: ConditionKey) -> ConditionValues? {
        values[key]
    }
}
