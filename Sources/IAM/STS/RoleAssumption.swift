import AWSProtocol
import Authorization
import Operations

/// What every way to a role's session asks for.
package struct RoleAssumption: Sendable {
    let role: RoleReference
    let sessionName: SessionName
    /// Nil for the default.
    let seconds: Int?
    let policies: SessionPolicies

    /// An hour (STS API Reference, AssumeRole, DurationSeconds).
    static let secondsDefault = 3_600

    init(_ input: Input) throws(STSError) {
        role = try input.role()
        sessionName = try input.sessionName("RoleSessionName")
        seconds = input.integer("DurationSeconds")
        policies = try input.sessionPolicies()
    }

    /// The permissions for a session: for the way itself, and for tags and a source identity if there are any.
    ///
    /// Source: IAM User Guide, "Pass session tags in AWS STS" and "Monitor and control actions taken with assumed
    /// roles".
    func requirements(
        for action: String,
        on role: AssumableRole,
        _ conditions: TrustConditions,
        denial: (_ action: String) -> String
    ) -> [Requirement] {
        var actions = [action]
        if !conditions.tags.isEmpty { actions.append("sts:TagSession") }
        if conditions.sourceIdentity != nil { actions.append("sts:SetSourceIdentity") }
        return actions.map {
            role.requirement($0, conditions, isMain: $0 == action, denial: denial($0))
        }
    }

    /// Makes the session, once it was permitted.
    func session(
        of assumable: AssumableRole,
        tags: SessionTags,
        sourceIdentity: String?,
        webIdentity: WebIdentityOfSession? = nil,
        for call: Call,
        in sts: SecurityTokenService
    ) async throws(STSError) -> AssumedRole {
        let snapshot = try assumable.existing()
        let role = snapshot.role
        let percent = try await sts.check(policies, tags, of: role.account)
        let seconds = seconds ?? Self.secondsDefault
        guard seconds <= role.maxSessionSeconds else {
            throw .validation(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            )
        }
        let session = RoleSession(
            id: role.id,
            role: role.name.description,
            name: sessionName,
            webIdentity: webIdentity
        )
        let claims = SessionClaims(
            account: role.account,
            principal: .role(session),
            policies: policies,
            tags: tags,
            sourceIdentity: sourceIdentity,
            issuedAt: call.now,
            seconds: seconds
        )
        return AssumedRole(
            credentials: try sts.issue(claims, at: call.now),
            id: "\(role.id):\(sessionName)",
            arn: "arn:aws:sts::\(role.account):assumed-role/\(role.name)/\(sessionName)",
            packedPercent: percent
        )
    }
}

/// A session of a role, as answers show it.
package struct AssumedRole: Sendable {
    let credentials: IssuedSession
    /// `AROA…:session`.
    let id: String
    let arn: String
    let packedPercent: Int?
}
