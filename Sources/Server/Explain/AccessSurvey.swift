import AWSProtocol
import Authorization
package import IAM
import Operations

/// Who may do something to a resource.
package struct AccessSurvey: Sendable {
    /// A principal that may, or that may if the request has more than was said.
    package struct Entry: Sendable {
        package let principal: String
        /// What lets it.
        package let path: String
    }

    package let allowed: [Entry]
    package let perhaps: [Entry]
}

extension AccessExplainer {
    /// Asks for every root user, user and role of every account, and for the services and the anonymous that the
    /// resource's policy names.
    package func survey(
        _ question: AccessQuestion,
        of administration: IdentityAdministration
    ) async throws(ExplainError) -> AccessSurvey {
        let resource = try await resource(of: question)
        var allowed: [AccessSurvey.Entry] = []
        var perhaps: [AccessSurvey.Entry] = []
        func note(_ principal: ExplainedPrincipal) {
            let answer = answer(question, for: principal, on: resource)
            if answer.isAllowed {
                allowed.append(.init(principal: principal.arn, path: answer.path))
            } else if let keys = answer.keysThatMightAllow {
                perhaps.append(.init(principal: principal.arn, path: keys.joined(separator: ", ")))
            }
        }
        for caller in resource.protected.policy?.callersOfNoAccount ?? [] { note(ExplainedPrincipal(caller)) }
        let accounts = try await reading { () async throws(IAMError) in try await administration.accounts() }
        for account in accounts {
            note(ExplainedPrincipal(.root(account: account.id.description)))
            for name in try await reading({ () async throws(IAMError) in
                try await administration.userNames(of: account.id)
            }) {
                let user = try await reading { () async throws(IAMError) in
                    try await directory.user(name, of: account.id)
                }
                if let user { note(ExplainedPrincipal(user)) }
            }
            for name in try await reading({ () async throws(IAMError) in
                try await administration.roleNames(of: account.id)
            }) {
                let role = try await reading { () async throws(IAMError) in
                    try await directory.role(name, of: account.id)
                }
                if let role { note(ExplainedPrincipal(role, session: Self.surveySession)) }
            }
        }
        return AccessSurvey(allowed: allowed, perhaps: perhaps)
    }

    private static var surveySession: String { "any-session" }
}

extension AccessAnswer {
    /// The keys that statements which would allow the request ask for, where nothing but their absence is known
    /// to stand against it.
    fileprivate var keysThatMightAllow: [String]? {
        var keys: [String] = []
        for part in [self] + needed where !part.explanation.decision.isAllowed {
            guard let more = part.ownKeysThatMightAllow else { return nil }
            keys += more.filter { !keys.contains($0) }
        }
        return keys
    }

    private var ownKeysThatMightAllow: [String]? {
        if case .denied(.explicitDeny(let statement)) = explanation.decision {
            let deciding = explanation.statements.first { $0.statement == statement }
            guard let missing = deciding?.missingKeys, !missing.isEmpty else { return nil }
        }
        let keys = explanation.statements.filter { $0.effect == .allow && !$0.applies }.flatMap(\.missingKeys)
        var seen: Set<String> = []
        let different = keys.filter { seen.insert($0.lowercased()).inserted }
        return different.isEmpty ? nil : different
    }
}

extension PolicyDocument {
    /// Those a policy names who belong to no account of the deployment: services, and everyone.
    fileprivate var callersOfNoAccount: [Caller] {
        principals.compactMap { principal in
            switch principal {
            case .everyone: .anonymous
            case .service(let name): .service(name)
            case .account, .arn, .uniqueID, .federated, .canonicalUser: nil
            }
        }
    }
}
