import Operations

/// Tags in requests and answers.
extension Input {
    /// The tags of a request's `Tags` list.
    ///
    /// - Throws: `.invalidInput` for keys given twice, in whatever case, or reserved ones.
    func tags() throws(IAMError) -> [String: String] {
        var tags: [String: String] = [:]
        var folded: Set<String> = []
        for input in structures("Tags") ?? [] {
            let key = input.requiredString("Key")
            guard folded.insert(key.lowercased()).inserted else {
                throw .invalidInput(
                    "Duplicate tag keys found. Please note that Tag keys are case insensitive."
                )
            }
            guard !key.lowercased().hasPrefix("aws:") else {
                throw .invalidInput("System tags cannot be added/updated/removed by requester")
            }
            tags[key] = input.requiredString("Value")
        }
        return tags
    }
}

extension [String: String] {
    /// Tags an entity may have (IAM User Guide, "IAM and AWS STS quotas").
    static var tagsMax: Int { 50 }

    /// Adds tags; one whose key differs in case alone is replaced.
    ///
    /// - Throws: `.limitExceeded` when there would be too many.
    mutating func addTags(_ tags: [String: String]) throws(IAMError) {
        for (key, value) in tags {
            removeTags([key])
            self[key] = value
        }
        guard count <= Self.tagsMax else {
            throw .limitExceeded("The number of tags has reached the maximum limit.")
        }
    }

    /// Removes the tags with these keys, in whatever case.
    mutating func removeTags(_ keys: [String]) {
        let folded = Set(keys.map { $0.lowercased() })
        self = filter { !folded.contains($0.key.lowercased()) }
    }
}

extension OutputWriter {
    mutating func tags(_ tags: [(key: String, value: String)]) {
        objects("Tags", tags) { output, tag in
            output.string("Key", tag.key)
            output.string("Value", tag.value)
        }
    }

    /// The tags of an entity, in the order of their keys; left out where there are none.
    mutating func tags(of entity: [String: String]) {
        guard !entity.isEmpty else { return }
        tags(entity.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }
}
