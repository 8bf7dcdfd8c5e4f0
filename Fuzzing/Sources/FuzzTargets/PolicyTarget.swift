@testable import Authorization

/// Policies of every kind, and decisions by them.
///
/// What is refused is refused in words; a policy without an Allow allows nothing; one more Deny that applies to
/// everything leaves nothing allowed; the explanation says what the decision says.
enum PolicyTarget {
    static let target = FuzzTarget(name: "policy", bytesMax: 4_096, run: run) {
        PolicySeeds.all
    }

    private static let account = "111122223333"

    static func run(_ input: [UInt8]) {
        let parts = input.pieces(separatedBy: 0)
        let text = parts[0].repairedText
        let facts = parts.dropFirst().map(\.repairedText)
        var policies: [PolicyKind: PolicyDocument] = [:]
        for kind in PolicyKind.allCases {
            do throws(PolicyError) {
                policies[kind] = try PolicyDocument(parsing: text, as: kind)
            } catch {
                promise(!error.description.isEmpty, "a policy is refused without a word")
            }
        }
        for policy in policies.values {
            _ = PolicyLinter.findings(in: policy)
            for (caller, isForeign) in callers(policies) {
                for via in isForeign ? [policy] : [policy, nil] {
                    check(request(caller, via, facts), policies)
                }
            }
        }
    }

    private static func check(_ request: AuthorizationRequest, _ policies: [PolicyKind: PolicyDocument]) {
        let decision = Authorizer.decide(request)
        promise(decision == Authorizer.decide(request), "two decisions about one request differ")
        promise(Authorizer.explain(request).decision == decision, "the explanation decides otherwise")
        if !decision.isAllowed {
            _ = decision.accessDeniedMessage(
                caller: request.caller,
                action: request.action,
                resource: request.resource
            )
        }
        guard decision.isAllowed else { return }
        let involved =
            [request.resourcePolicy].compactMap(\.self) + request.caller.identityPolicies
            + [request.caller.boundary].compactMap(\.self)
        let allows = involved.contains { $0.statements.contains { $0.effect == .allow } }
        promise(allows, "allowed without an Allow")
        let denies = involved.contains { policy in
            policy.statements.contains {
                $0.effect == .deny && $0.match(Evaluation(request)) != .none
            }
        }
        promise(!denies, "allowed although a Deny applies")
        let denied = AuthorizationRequest(
            caller: caller(of: request.caller, with: denyAll),
            action: request.action,
            resource: request.resource,
            resourceAccount: request.resourceAccount,
            resourcePolicy: request.resourcePolicy,
            delegation: request.delegation,
            allowsCrossAccount: request.allowsCrossAccount,
            context: request.context
        )
        promise(!Authorizer.decide(denied).isAllowed, "allowed against a Deny of everything")
    }

    private static let denyAll = certain { () throws(PolicyError) in
        try PolicyDocument(
            parsing: #"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#,
            as: .identity
        )
    }

    private static func caller(of caller: Caller, with policy: PolicyDocument) -> Caller {
        Caller(
            type: caller.type,
            arn: caller.arn,
            account: caller.account,
            uniqueID: caller.uniqueID,
            username: caller.username,
            tags: caller.tags,
            identityPolicies: caller.identityPolicies + [policy],
            boundary: caller.boundary
        )
    }

    private static func callers(_ policies: [PolicyKind: PolicyDocument]) -> [(Caller, isForeign: Bool)] {
        let identity = [policies[.identity]].compactMap(\.self)
        func user(_ account: String, _ boundary: PolicyDocument?) -> Caller {
            Caller(
                type: .user,
                arn: "arn:aws:iam::\(account):user/alice",
                account: account,
                uniqueID: "AIDAALICE00000000001",
                username: "alice",
                tags: ["team": "blue", "*": "*"],
                identityPolicies: identity,
                boundary: boundary
            )
        }
        return [
            (user(account, nil), false), (user(account, policies[.boundary]), false),
            (user("444455556666", nil), true), (.anonymous, true), (.service("s3.amazonaws.com"), true),
        ]
    }

    /// The action, the resource, and the conditions' keys and values, as the input says.
    private static func request(
        _ caller: Caller,
        _ policy: PolicyDocument?,
        _ facts: [String]
    ) -> AuthorizationRequest {
        var values: [ConditionKey: ConditionValues] = [:]
        for fact in facts.dropFirst(2).prefix(16) {
            let parts = fact.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init
            )
            guard parts.count == 2, let key = ConditionKey(parsing: parts[0]) else { continue }
            let all = parts[1].split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            values[key] = all.count == 1 ? .single(all[0]) : .multiple(all)
        }
        return AuthorizationRequest(
            caller: caller,
            action: facts.first ?? "kms:Decrypt",
            resource: facts.dropFirst().first
                ?? "arn:aws:kms:us-east-1:\(account):key/1234abcd-12ab-34cd-56ef-1234567890ab",
            resourceAccount: account,
            resourcePolicy: policy,
            delegation: .required,
            allowsCrossAccount: true,
            context: DictionaryContext(values, epochSeconds: 1_795_000_000, encryptionContext: ["a": "b"])
        )
    }
}
