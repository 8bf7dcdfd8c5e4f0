package import Authorization
package import Operations

/// A tag of a key.
package struct Tag: Hashable, Sendable, Codable {
    package let key: String
    package var value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// Tags a key may carry (KMS Developer Guide, "Tagging keys").
    package static let perKeyMax = 50
}

extension [Tag] {
    /// The tags of a request's `Tags` list.
    ///
    /// - Throws: `.tag` for duplicate keys, more tags than a key may carry, or the reserved prefix.
    package init(_ inputs: [Input]) throws(KMSError) {
        self = inputs.map {
            Tag(key: $0.requiredString("TagKey"), value: $0.requiredString("TagValue"))
        }
        try [Tag].check(map(\.key))
    }

    /// Refuses keys that are given twice, too many, or reserved.
    package static func check(_ keys: [String]) throws(KMSError) {
        guard Set(keys).count == keys.count else { throw .tag(.duplicateKeys) }
        guard keys.count <= Tag.perKeyMax else { throw .tag(.tooMany) }
        guard !keys.contains(where: { $0.lowercased().hasPrefix("aws:") }) else {
            throw .tag(.reservedPrefix)
        }
    }
}

extension [Tag] {
    /// Answers `aws:RequestTag/key` and `aws:TagKeys` for tags in a request.
    package func conditionValues(for condition: ConditionKey) -> ConditionValues? {
        switch condition.global {
        case .requestTag: first { condition.names(tag: $0.key) }.map { .single($0.value) }
        case .tagKeys: .multiple(map(\.key))
        default: nil
        }
    }
}
