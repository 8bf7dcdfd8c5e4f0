/// Compiles one statement of a policy.
struct StatementParser {
    let members: [JSONNode.Member]
    let kind: PolicyKind
    let variables: Bool

    private static let elements: Set<String> = [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
        "Condition",
    ]

    func statement(at index: Int) throws(PolicyError) -> Statement {
        try PolicyElement.checkNames(members, known: Self.elements)
        let effect = try effect()
        return Statement(
            index: index,
            sid: try sid(),
            effect: effect,
            principals: try principals(effect),
            actions: try actions(),
            resources: try resources(),
            conditions: try conditions()
        )
    }

    /// An element that is present as itself or as its negation, never as both.
    private func either(_ name: String) throws(PolicyError) -> (node: JSONNode, isNegated: Bool)? {
        switch (PolicyElement.member(name, members), PolicyElement.member("Not\(name)", members)) {
        case (nil, nil): nil
        case (let node?, nil): (node, false)
        case (nil, let node?): (node, true)
        case (.some, .some): throw .conflictingElements(name, "Not\(name)")
        }
    }

    private func effect() throws(PolicyError) -> Effect {
        guard let node = PolicyElement.member("Effect", members) else { throw .missingElement("Effect") }
        let text = try PolicyElement.string(node, "Effect")
        guard let effect = Effect(rawValue: text) else { throw .invalidEffect(text) }
        return effect
    }

    /// Statement ids of IAM's own policies are letters and digits; those of resources may be any text.
    private func sid() throws(PolicyError) -> String? {
        guard let node = PolicyElement.member("Sid", members) else { return nil }
        let sid = try PolicyElement.string(node, "Sid")
        switch kind {
        case .key, .resource: return sid
        case .identity, .trust, .session, .boundary:
            let isPlain = sid.utf8.allSatisfy { byte in
                Digit.isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
            guard isPlain else { throw .invalidSid(sid) }
            return sid
        }
    }

    private func actions() throws(PolicyError) -> ActionSet? {
        guard let (node, isNegated) = try either("Action") else {
            guard kind == .key else { throw .missingElement("Action") }
            return nil
        }
        return try ActionSet(try PolicyElement.strings(node, "Action"), isNegated: isNegated)
    }

    private func resources() throws(PolicyError) -> ResourceSet? {
        guard let (node, isNegated) = try either("Resource") else {
            switch kind {
            case .key: return nil
            case .trust: return .everything
            case .resource, .identity, .session, .boundary: throw .missingElement("Resource")
            }
        }
        guard kind != .trust else { throw .prohibitedElement("Resource") }
        return try ResourceSet(
            try PolicyElement.strings(node, "Resource"),
            isNegated: isNegated,
            variables: variables
        )
    }
}

// MARK: Principals

extension StatementParser {
    private func principals(_ effect: Effect) throws(PolicyError) -> PrincipalSet? {
        guard let (node, isNegated) = try either("Principal") else {
            guard !kind.namesPrincipals else { throw .missingElement("Principal") }
            return nil
        }
        guard kind.namesPrincipals else { throw .prohibitedElement("Principal") }
        guard !isNegated || effect == .deny else { throw .notPrincipalWithAllow }
        let patterns = try patterns(node)
        guard !isNegated || !patterns.contains(.everyone) else { throw .invalidPrincipal("*") }
        return PrincipalSet(patterns, isNegated: isNegated)
    }

    private func patterns(_ node: JSONNode) throws(PolicyError) -> [PrincipalPattern] {
        switch node {
        case .string("*"): return [.everyone]
        case .string(let text): throw .invalidPrincipal(text)
        case .object(let members):
            var patterns: [PrincipalPattern] = []
            for member in members {
                for text in try PolicyElement.strings(member.value, "Principal") {
                    patterns.append(try pattern(text, of: member.name))
                }
            }
            guard !patterns.isEmpty else { throw .wrongType(element: "Principal") }
            return patterns
        case .array, .number, .bool, .null: throw .wrongType(element: "Principal")
        }
    }

    private func pattern(_ text: String, of type: String) throws(PolicyError) -> PrincipalPattern {
        let pattern: PrincipalPattern? =
            switch type {
            case "AWS": PrincipalPattern(aws: text)
            case "Service": PrincipalPattern(service: text)
            case "Federated": PrincipalPattern(federated: text)
            case "CanonicalUser": PrincipalPattern(canonicalUser: text)
            default: throw .unknownElement(type)
            }
        guard let pattern else { throw .invalidPrincipal(text) }
        return pattern
    }
}

// MARK: Conditions

extension StatementParser {
    private func conditions() throws(PolicyError) -> [ConditionClause] {
        guard let node = PolicyElement.member("Condition", members) else { return [] }
        var clauses: [ConditionClause] = []
        for member in try PolicyElement.object(node, "Condition") {
            guard let conditionOperator = ConditionOperator(parsing: member.name) else {
                throw .unknownOperator(member.name)
            }
            for pair in try PolicyElement.object(member.value, member.name) {
                guard let key = ConditionKey(parsing: pair.name) else {
                    throw .invalidConditionKey(pair.name)
                }
                let values = try PolicyElement.scalars(pair.value, pair.name)
                clauses.append(try ConditionClause(conditionOperator, key, values, variables: variables))
            }
        }
        return clauses
    }
}
