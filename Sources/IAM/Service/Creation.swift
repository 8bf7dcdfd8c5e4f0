import Operations

extension Entity {
    /// The permissions that making this entity needs: the action, and that to tag it where it comes with tags.
    func creation(_ action: String, for call: Call, boundary: PolicyARN? = nil) -> [Requirement] {
        let conditions = RequestConditions(
            requestTags: tags.isEmpty ? nil : tags,
            boundary: boundary
        )
        var requirements = [Requirement(action, on: protected, conditions: conditions)]
        if !tags.isEmpty {
            requirements.append(Requirement(Self.tagAction, on: protected, conditions: conditions))
        }
        return requirements
    }

    /// The action that tags entities of this type, as in `iam:TagUser`.
    static var tagAction: String { "iam:Tag" + nameMember.dropLast("Name".count) }
}

extension PrincipalEntity {
    /// The permissions that making this user or role needs; its boundary is a condition.
    func creation(_ action: String, for call: Call) -> [Requirement] {
        creation(action, for: call, boundary: permissionsBoundary)
    }
}
