import AWSProtocol
import Authorization

/// A simulation: who would ask, with which policies, and under which circumstances.
struct PolicySimulation: Sendable {
    /// Where a policy of the simulation comes from, as answers name it.
    struct Source: Hashable, Sendable {
        let id: String
        /// One of the model's `PolicySourceType`.
        let type: String
    }

    /// The resource's side, if the request describes it.
    struct ResourceSide: Sendable {
        let text: String
        /// Nil where the ARN of the resource names the account.
        let owner: AccountID?
    }

    /// The identity policies are the caller's own.
    let caller: Caller
    let knowsCaller: Bool
    /// The sources of the caller's identity policies, in their order.
    let sources: [Source]
    let resource: ResourceSide?
    let values: [ConditionKey: ConditionValues]
    let epochSeconds: Int64

    /// Simulates one action on one resource on the engine that decides requests.
    ///
    /// Without a resource policy the caller's policies alone decide, as AWS's simulator has it.
    ///
    /// - Throws: `.invalidInput` for a resource policy that is none.
    func result(of action: String, on resource: String) throws(IAMError) -> SimulationResult {
        let policy = try resourcePolicy(for: resource)
        let account = caller.account ?? ""
        let owner = self.resource.map { side in
            (side.owner ?? ARN(resource)?.account)?.description ?? account
        }
        let request = AuthorizationRequest(
            caller: caller,
            action: action,
            resource: resource,
            resourceAccount: owner ?? account,
            resourcePolicy: policy,
            delegation: policy?.kind == .key ? .required : .notRequired,
            allowsCrossAccount: true,
            context: DictionaryContext(values, epochSeconds: epochSeconds)
        )
        request.simulation = Simulation(values: values, knowsCaller: knowsCaller)
        return result(of: action, on: resource, Authorizer.explain(request))
    }

    private func resourcePolicy(for resource: String) throws(IAMError) -> PolicyDocument? {
        guard let side = self.resource else { return nil }
        let kind = ARN(resource)?.service == "kms" ? PolicyKind.key : .resource
        do throws(PolicyError) {
            return try PolicyDocument(parsing: side.text, as: kind, named: "ResourcePolicy")
        } catch {
            throw .invalidInput("ResourcePolicy: \(error)")
        }
    }

    private func result(
        of action: String,
        on resource: String,
        _ explanation: Explanation
    ) -> SimulationResult {
        let outcome = SimulationResult.Outcome(explanation.decision)
        let boundary = explanation.policies(.boundary).first
        var seen: Set<String> = []
        let missing = explanation.statements.flatMap(\.missingKeys).filter {
            seen.insert($0.lowercased()).inserted
        }
        return SimulationResult(
            action: action,
            resource: resource,
            outcome: outcome,
            statements: matched(outcome, explanation),
            missingKeys: missing,
            allowedByBoundary: boundary?.allows
        )
    }

    /// The statements that determine the outcome: those that deny, else those that allow.
    private func matched(
        _ outcome: SimulationResult.Outcome,
        _ explanation: Explanation
    ) -> [SimulationResult.MatchedStatement] {
        guard outcome != .implicitDeny else { return [] }
        let effect = outcome == .allowed ? Effect.allow : .deny
        var identitySources = sources[...]
        return explanation.policies.flatMap { policy -> [SimulationResult.MatchedStatement] in
            let source: Source
            switch policy.kind {
            case .identity: source = identitySources.popFirst() ?? Source(id: "", type: "none")
            case .boundary:
                // What a boundary allows determines nothing by itself; a Deny in it does.
                if effect == .allow { return [] }
                source = Source(id: policy.name ?? "PermissionsBoundary", type: "none")
            case .key, .resource, .trust: source = Source(id: "ResourcePolicy", type: "resource")
            case .session: return []
            }
            let matching = policy.statements.filter { $0.applies && $0.effect == effect }
            guard !matching.isEmpty else { return [] }
            let spans = StatementSpans.spans(in: policy.source)
            return matching.map { finding in
                let index = finding.statement.index
                return SimulationResult.MatchedStatement(
                    source: source,
                    span: spans.indices.contains(index) ? spans[index] : nil
                )
            }
        }
    }
}

/// What came of simulating one action on one resource.
struct SimulationResult: Sendable {
    /// The model's `PolicyEvaluationDecisionType`.
    enum Outcome: String, Sendable {
        case allowed
        case explicitDeny
        case implicitDeny

        init(_ decision: Decision) {
            self =
                switch decision {
                case .allowed: .allowed
                case .denied(.explicitDeny): .explicitDeny
                case .denied: .implicitDeny
                }
        }
    }

    /// A statement that determined the outcome.
    struct MatchedStatement: Sendable {
        let source: PolicySimulation.Source
        let span: StatementSpans.Span?
    }

    let action: String
    let resource: String
    let outcome: Outcome
    let statements: [MatchedStatement]
    /// Condition keys that policies ask for and nobody gave, as they were written.
    let missingKeys: [String]
    /// Nil where there is no boundary.
    let allowedByBoundary: Bool?
}
