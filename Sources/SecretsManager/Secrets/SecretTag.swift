import Authorization
import Operations

/// A tag of a secret.
package struct SecretTag: Hashable, Sendable, Codable {
    package let key: String
    package var value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// Tags a secret may have (Secrets Manager User Guide, "Quotas").
    static let perSecretMax = 50
}

extension [SecretTag] {
    /// The tags of a request.
    ///
    /// - Throws: `.invalidParameter` for what a secret cannot carry, such as a pair without key or value, which the
    ///   model allows.
    init(_ inputs: [Input]) throws(SecretsManagerError) {
        self = []
        for input in inputs {
            guard let key = input.string("Key"), let value = input.string("Value") else {
                throw .invalidParameter("A tag must have both a key and a value.")
            }
            append(SecretTag(key: key, value: value))
        }
        try Self.check(map(\.key))
    }

    /// Refuses keys that are given twice, too many, or reserved.
    static func check(_ keys: [String]) throws(SecretsManagerError) {
        guard Set(keys).count == keys.count else {
            throw .invalidParameter("You can't specify the same tag key more than once.")
        }
        guard keys.count <= SecretTag.perSecretMax else { throw .tooManyTags }
        guard !keys.contains(where: { $0.lowercased().hasPrefix("aws:") }) else {
            throw .invalidParameter("Tag keys that begin with aws: are reserved.")
        }
    }

    /// The tags with others put over them.
    func merging(_ others: [SecretTag]) -> [SecretTag] {
        var tags = self
        for tag in others {
            if let index = tags.firstIndex(where: { $0.key == tag.key }) {
                tags[index].value = tag.value
            } else {
                tags.append(tag)
            }
        }
        return tags
    }

    /// Answers `aws:RequestTag/key` and `aws:TagKeys`.
    func requestCondition(_ key: ConditionKey) -> ConditionValues? {
        switch key.global {
        case .requestTag: first { key.names(tag: $0.key) }.map { .single($0.value) }
        case .tagKeys: .multiple(map(\.key))
        default: nil
        }
    }
}
