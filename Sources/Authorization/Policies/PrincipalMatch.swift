/// How closely a policy or grant names a caller, weakest first.
///
/// The order decides what else must agree. Source: IAM User Guide, "Policy evaluation for requests within a
/// single account", table of principals in resource-based policies.
package enum PrincipalMatch: Int, Comparable, Hashable, Sendable {
    /// Not at all.
    case none
    /// By its account: the account's own policies must allow too.
    case account
    /// By the role of its session, or the user of its federated session: boundary and session policies limit.
    case issuer
    /// Itself, or as everyone: nothing but an explicit deny limits.
    case direct

    package static func < (left: PrincipalMatch, right: PrincipalMatch) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension PrincipalPattern {
    /// How closely this pattern names a caller.
    ///
    /// - Parameters:
    ///   - caller: who asks.
    ///   - uniqueID: the unique id that the named user or role had when the policy was written. With it, a
    ///     namesake made later does not match, and a user that was renamed since still does.
    /// - Returns: the closest way in which the caller is meant; `.none` when it is not.
    package func match(_ caller: Caller, uniqueID: String? = nil) -> PrincipalMatch {
        switch self {
        case .everyone: .direct
        case .account(let account):
            caller.account == account ? (caller.type == .root ? .direct : .account) : .none
        case .arn(let arn): Self.match(arn: arn, uniqueID, caller)
        case .uniqueID(let id):
            caller.uniqueID == id ? .direct : caller.issuerID == id ? .issuer : .none
        case .service(let name): caller.type == .service && caller.arn == name ? .direct : .none
        case .federated(let provider): Self.match(provider: provider, caller)
        case .canonicalUser(let id):
            caller.canonicalUserID == id ? (caller.type == .root ? .direct : .account) : .none
        }
    }

    private static func match(arn: String, _ uniqueID: String?, _ caller: Caller) -> PrincipalMatch {
        switch caller.type {
        case .user:
            guard let uniqueID else { return caller.arn == arn ? .direct : .none }
            return caller.uniqueID == uniqueID ? .direct : .none
        case .assumedRole, .federatedUser:
            if caller.arn == arn {
                guard let uniqueID else { return .direct }
                return caller.uniqueID == uniqueID || caller.issuerID == uniqueID ? .direct : .none
            }
            guard caller.issuerARN == arn else { return .none }
            guard let uniqueID else { return .issuer }
            return caller.issuerID == uniqueID ? .issuer : .none
        case .root, .webIdentity, .saml, .service, .anonymous: return .none
        }
    }

    private static func match(provider: String, _ caller: Caller) -> PrincipalMatch {
        switch caller.type {
        case .webIdentity, .saml: caller.arn == provider ? .direct : .none
        case .root, .user, .assumedRole, .federatedUser, .service, .anonymous: .none
        }
    }
}
