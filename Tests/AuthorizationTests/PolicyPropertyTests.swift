import Testing

@testable import Authorization

/// Laws that hold for any policies and any request, tried on seeded random ones.
@Suite("Policy laws")
struct PolicyPropertyTests {
    private static let caseCount = UInt64(2_000)

    /// A random situation, whose policies are lists of statement texts so that tests can change them.
    private struct Situation {
        var statements: [PolicyKind: [String]] = [:]
        let isSession: Bool
        let isRoot: Bool
        let action: String
        let delegation: AuthorizationRequest.Delegation
        let account: String
        let grants: [Grant]
        let context: DictionaryContext

        init(_ random: inout SeededGenerator) {
            isSession = random.chance(50)
            isRoot = random.chance(15)
            action = random.pick(["kms:Decrypt", "kms:Encrypt", "kms:ReEncryptTo", "s3:GetObject"])
            delegation = random.chance(60) ? .required : .notRequired
            account = random.chance(75) ? Scenario.account : Scenario.otherAccount
            var values: [ConditionKey: ConditionValues] = [:]
            if random.chance(60) { values["s3:x"] = .single(random.pick(["1", "2", "red"])) }
            if random.chance(50) {
                values["aws:TagKeys"] = .multiple(
                    (0..<Int(random.next() % 3)).map { _ in random.pick(["a", "b"]) }
                )
            }
            context = DictionaryContext(values, epochSeconds: 1_700_000_000)
            let isGranted = random.chance(15)
            let grantee = random.pick([Scenario.alice, Scenario.role, Scenario.account])
            grants =
                isGranted
                ? [PrincipalPattern(aws: grantee)].compactMap(\.self)
                    .map { Grant(id: "g", grantee: $0, operations: ["Decrypt"]) } : []
            for kind in [PolicyKind.key, .identity, .boundary, .session]
            where kind == .key || kind == .identity || random.chance(40) {
                statements[kind] = (0..<Int(1 + random.next() % 4)).map { _ in
                    Self.statement(kind, random.chance(75) ? .allow : .deny, &random)
                }
            }
        }

        static func statement(_ kind: PolicyKind, _ effect: Effect, _ random: inout SeededGenerator) -> String
        {
            var members = [#""Effect":"\#(effect.rawValue)""#]
            if kind.namesPrincipals {
                let name = effect == .deny && random.chance(15) ? "NotPrincipal" : "Principal"
                let principal = random.pick([
                    Scenario.account, Scenario.otherAccount, Scenario.alice, Scenario.role,
                    Scenario.roleSession,
                ])
                let everyone = name == "Principal" && random.chance(20)
                members.append(everyone ? #""Principal":"*""# : #""\#(name)":{"AWS":"\#(principal)"}"#)
            }
            let action = random.chance(20) ? "NotAction" : "Action"
            members.append(#""\#(action)":"\#(random.pick(["*", "kms:*", "kms:Decrypt", "kms:?ncrypt"]))""#)
            let resource = random.chance(15) ? "NotResource" : "Resource"
            let arn = random.pick(["*", Scenario.key, "arn:aws:kms:*", "arn:aws:kms:*:*:key/${aws:username}"])
            members.append(#""\#(resource)":"\#(arn)""#)
            if random.chance(40) { members.append(#""Condition":{\#(condition(&random))}"#) }
            return "{" + members.joined(separator: ",") + "}"
        }

        static func condition(_ random: inout SeededGenerator) -> String {
            let prefix = random.pick(["", "", "ForAllValues:", "ForAnyValue:"])
            let suffix = random.chance(25) ? "IfExists" : ""
            let (name, value) = random.pick([
                ("StringEquals", "1"), ("StringNotEquals", "1"), ("StringLike", "r*"),
                ("NumericLessThan", "2"),
                ("NumericNotEquals", "2"), ("StringEquals", "${aws:PrincipalTag/x}"),
                ("StringNotLike", "${aws:username}"),
            ])
            let key = random.pick(["s3:x", "aws:TagKeys", "aws:PrincipalAccount"])
            return #""\#(prefix)\#(name)\#(suffix)":{"\#(key)":"\#(value)"}"#
        }

        func decide() throws -> Decision {
            func policy(_ kind: PolicyKind) throws -> PolicyDocument? {
                try statements[kind].map { list in
                    try PolicyDocument(
                        parsing: #"{"Version":"2012-10-17","Statement":[\#(list.joined(separator: ","))]}"#,
                        as: kind
                    )
                }
            }
            let identity = [try policy(.identity)].compactMap(\.self)
            let boundary = try policy(.boundary)
            let sessionPolicies = try policy(.session).map { [$0] }
            let caller: Caller =
                if isRoot {
                    .root(account: account)
                } else if isSession {
                    Scenario.session(
                        account: account,
                        identityPolicies: identity,
                        boundary: boundary,
                        sessionPolicies: sessionPolicies
                    )
                } else {
                    Scenario.user(account: account, identityPolicies: identity, boundary: boundary)
                }
            return Authorizer.decide(
                Scenario.request(
                    caller,
                    action,
                    policy: try policy(.key),
                    delegation: delegation,
                    grants: grants,
                    context: context
                )
            )
        }
    }

    @Test func `situations are both allowed and denied, for every reason`() throws {
        var reasons: Set<String> = []
        var allowed = 0
        for seed in 0..<Self.caseCount {
            var random = SeededGenerator(seed: seed)
            let decision = try Situation(&random).decide()
            allowed += decision.isAllowed ? 1 : 0
            switch decision {
            case .allowed(.resourcePolicy): reasons.insert("resource")
            case .allowed(.identityPolicy): reasons.insert("identity")
            case .allowed(.rootUser): reasons.insert("root")
            case .allowed(.grant): reasons.insert("grant")
            case .denied(.explicitDeny(let reference)): reasons.insert("deny \(reference.kind)")
            case .denied(.noAllow(let kind)): reasons.insert("no \(kind)")
            case .denied(.notCrossAccount), .denied(.malformedRequest): Issue.record("seed \(seed)")
            }
        }
        #expect((200...(Int(Self.caseCount) - 200)).contains(allowed))
        let kinds = ["key", "identity", "boundary", "session"]
        let expected = Set(
            ["resource", "identity", "root", "grant"] + kinds.flatMap { ["deny \($0)", "no \($0)"] }
        )
        #expect(reasons == expected)
    }

    @Test func `adding a Deny never widens`() throws {
        for seed in 0..<Self.caseCount {
            var random = SeededGenerator(seed: seed)
            var situation = Situation(&random)
            let before = try situation.decide()
            let kind = random.pick(situation.statements.keys.sorted { $0.rawValue < $1.rawValue })
            situation.statements[kind, default: []].append(Situation.statement(kind, .deny, &random))
            let after = try situation.decide()
            #expect(before.isAllowed || !after.isAllowed, "seed \(seed)")
        }
    }

    @Test func `removing an Allow never widens`() throws {
        for seed in 0..<Self.caseCount {
            var random = SeededGenerator(seed: seed)
            var situation = Situation(&random)
            let before = try situation.decide()
            let kind = random.pick(situation.statements.keys.sorted { $0.rawValue < $1.rawValue })
            guard
                let index = situation.statements[kind]?.firstIndex(where: {
                    $0.contains(#""Effect":"Allow""#)
                })
            else { continue }
            situation.statements[kind]?.remove(at: index)
            let after = try situation.decide()
            #expect(before.isAllowed || !after.isAllowed, "seed \(seed)")
        }
    }

    @Test func `the order of statements never matters`() throws {
        for seed in 0..<Self.caseCount {
            var random = SeededGenerator(seed: seed)
            var situation = Situation(&random)
            let before = try situation.decide()
            for kind in situation.statements.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
                situation.statements[kind]?.shuffle(using: &random)
            }
            #expect(try situation.decide().isAllowed == before.isAllowed, "seed \(seed)")
        }
    }

    @Test func `a boundary or session policy never widens`() throws {
        for seed in 0..<Self.caseCount {
            var random = SeededGenerator(seed: seed)
            var situation = Situation(&random)
            let limited = try situation.decide()
            situation.statements[.boundary] = nil
            situation.statements[.session] = nil
            let free = try situation.decide()
            #expect(free.isAllowed || !limited.isAllowed, "seed \(seed)")
        }
    }

    @Test func `no explanation contradicts its decision`() throws {
        for seed in 0..<UInt64(1_000) {
            var random = SeededGenerator(seed: seed)
            let statements = (0..<3).map { _ in
                Situation.statement(.key, random.chance(70) ? .allow : .deny, &random)
            }
            let policy = try PolicyDocument(
                parsing: #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#,
                as: .key
            )
            let explanation = Authorizer.explain(Scenario.request(Scenario.user(), policy: policy))
            let denies = explanation.statements.contains { $0.applies && $0.effect == .deny }
            let allows = explanation.statements.contains {
                $0.applies && $0.effect == .allow && $0.principal == .direct
            }
            #expect(explanation.decision.isAllowed == (allows && !denies), "seed \(seed)")
        }
    }
}
