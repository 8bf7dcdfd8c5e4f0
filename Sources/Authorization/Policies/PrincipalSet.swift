/// The `Principal` or `NotPrincipal` element of a statement.
struct PrincipalSet: Sendable {
    /// A named principal with the unique id it had when the policy was written, if known.
    struct Entry: Hashable, Sendable {
        let pattern: PrincipalPattern
        var uniqueID: String?
    }

    private(set) var entries: [Entry]
    let isNegated: Bool

    init(_ patterns: [PrincipalPattern], isNegated: Bool) {
        entries = patterns.map { Entry(pattern: $0, uniqueID: nil) }
        self.isNegated = isNegated
    }

    /// How the element takes in a caller; a `NotPrincipal` that does not spare it answers `.direct`.
    func match(_ caller: Caller) -> PrincipalMatch {
        if isNegated { return spares(caller) ? .none : .direct }
        var best = PrincipalMatch.none
        for entry in entries {
            best = max(best, entry.pattern.match(caller, uniqueID: entry.uniqueID))
            if best == .direct { break }
        }
        return best
    }

    /// Whether a `NotPrincipal` lists all that the caller is.
    ///
    /// AWS checks the account, then the user or role, then the session; each must be listed. A caller with a
    /// permissions boundary is never spared. Source: IAM User Guide, "AWS JSON policy elements: NotPrincipal"
    /// and "Permissions boundaries for IAM entities".
    private func spares(_ caller: Caller) -> Bool {
        guard caller.boundary == nil else { return false }
        let matches = entries.map { $0.pattern.match(caller, uniqueID: $0.uniqueID) }
        guard matches.contains(.direct) else { return false }
        switch caller.type {
        case .root, .service, .webIdentity, .saml, .anonymous: return true
        case .user: return matches.contains(.account)
        case .assumedRole, .federatedUser: return matches.contains(.issuer) && matches.contains(.account)
        }
    }

    /// Notes the unique id of every ARN for which one is given.
    mutating func resolve(_ uniqueID: (String) -> String?) {
        for index in entries.indices {
            guard case .arn(let arn) = entries[index].pattern else { continue }
            entries[index].uniqueID = uniqueID(arn)
        }
    }
}
