import Authorization

/// A tag of a rule or a topic.
package struct ResourceTag: Hashable, Sendable, Codable {
    package let key: String
    package var value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    /// Tags that one resource may carry (Tagging AWS Resources, "Tag naming limits and requirements").
    package static let perResourceMax = 50
}

extension [ResourceTag] {
    /// The tags with others put over them.
    func merging(_ others: [ResourceTag]) -> [ResourceTag] {
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

    /// Answers `aws:ResourceTag/key`.
    func resourceCondition(_ key: ConditionKey) -> ConditionValues? {
        guard key.global == .resourceTag else { return nil }
        return first { key.names(tag: $0.key) }.map { .single($0.value) }
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
