import Testing

@testable import Authorization

/// The index changes how statements are found and never what is decided.
@Suite("Index of statements")
struct StatementIndexTests {
    private static let actions = [
        "*", "kms:*", "kms:Decrypt", "KMS:decrypt", "kms:?ncrypt", "k*:Decrypt", "kms:De*", "s3:Get*",
        "s3:GetObject", "iam:*", "*:Decrypt", "?ms:Decrypt", "kms*:Decrypt",
    ]
    private static let resources = [
        "*", Scenario.key, "arn:aws:kms:*", "arn:aws:kms:us-east-1:111122223333:key/*",
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd*", "arn:aws:kms:*:111122223333:key/?234abcd*",
        "arn:aws:kms:us-east-1:${aws:PrincipalAccount}:key/*", "arn:aws:kms:us-east-1:111122223333:*/${x:y}*",
        "${aws:PrincipalTag/arn}", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a", "arn:aws:s3:::buck?t/*",
        "arn:aws:kms", "arn:*",
    ]
    private static let requests = [
        ("kms:Decrypt", Scenario.key), ("KMS:DECRYPT", Scenario.key), ("kms:Encrypt", Scenario.key),
        ("s3:GetObject", "arn:aws:s3:::bucket/a"), ("s3:PutObject", "arn:aws:s3:::bucket"),
        ("kms:ListKeys", "*"), ("iam:GetUser", Scenario.alice), ("kms:Decrypt", "arn:aws:kms:a"),
        ("kms:", "arn:aws:kms:us-east-1:111122223333:key/"),
    ]

    private static func statement(_ kind: PolicyKind, _ random: inout SeededGenerator) -> String {
        func list(_ element: String, _ values: [String], _ random: inout SeededGenerator) -> String {
            let name = random.chance(12) ? "Not\(element)" : element
            let texts = (0..<Int(1 + random.next() % 3)).map { _ in #""\#(random.pick(values))""# }
            return #""\#(name)":[\#(texts.joined(separator: ","))]"#
        }
        var members = [
            #""Effect":"\#(random.chance(70) ? "Allow" : "Deny")""#,
            list("Action", actions, &random), list("Resource", resources, &random),
        ]
        if kind.namesPrincipals {
            let principal = random.pick([
                Scenario.account, Scenario.alice, Scenario.role, Scenario.roleSession, Scenario.otherAccount,
            ])
            members.append(#""Principal":{"AWS":"\#(principal)"}"#)
        }
        if random.chance(25) {
            members.append(#""Condition":{"StringEquals":{"s3:x":"\#(random.pick(["1", "2"]))"}}"#)
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    private static func policy(_ kind: PolicyKind, _ random: inout SeededGenerator) throws -> PolicyDocument {
        let statements = (0..<Int(random.next() % 40)).map { _ in statement(kind, &random) }
        let text = #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
        return try PolicyDocument(parsing: text, as: kind, named: "p\(random.next() % 1000)")
    }

    private struct Situation {
        let identity: [PolicyDocument]
        let boundary: PolicyDocument?
        let session: [PolicyDocument]?
        let resource: PolicyDocument?
        let delegation: AuthorizationRequest.Delegation
        let isSession: Bool

        init(_ random: inout SeededGenerator) throws {
            var identity: [PolicyDocument] = []
            for _ in 0..<Int(random.next() % 4) {
                identity.append(try StatementIndexTests.policy(.identity, &random))
            }
            self.identity = identity
            boundary = random.chance(20) ? try StatementIndexTests.policy(.boundary, &random) : nil
            session = random.chance(20) ? [try StatementIndexTests.policy(.session, &random)] : nil
            resource = random.chance(60) ? try StatementIndexTests.policy(.key, &random) : nil
            delegation = random.chance(50) ? .required : .notRequired
            isSession = random.chance(50)
        }

        func decide(_ action: String, _ resourceARN: String, indexedFrom count: Int) -> Decision {
            let policies = identity.map { $0.indexed(from: count) }
            let tags = ["arn": Scenario.key]
            let caller =
                isSession
                ? Scenario.session(
                    identityPolicies: policies,
                    boundary: boundary?.indexed(from: count),
                    sessionPolicies: session?.map { $0.indexed(from: count) }
                )
                : Scenario.user(
                    identityPolicies: policies,
                    boundary: boundary?.indexed(from: count),
                    tags: tags
                )
            return Authorizer.decide(
                Scenario.request(
                    caller,
                    action,
                    on: resourceARN,
                    policy: resource?.indexed(from: count),
                    delegation: delegation,
                    context: DictionaryContext(["s3:x": .single("1"), "x:y": .single("key")])
                )
            )
        }
    }

    @Test func `decides as looking at every statement does`() throws {
        var outcomes: Set<Bool> = []
        for seed in 0..<UInt64(1_500) {
            var random = SeededGenerator(seed: seed)
            let situation = try Situation(&random)
            for (action, resource) in Self.requests {
                let naive = situation.decide(action, resource, indexedFrom: .max)
                let indexed = situation.decide(action, resource, indexedFrom: 0)
                outcomes.insert(naive.isAllowed)
                #expect(naive == indexed, "seed \(seed): \(action) on \(resource)")
            }
        }
        #expect(outcomes == [true, false])
    }

    @Test func `is used from a number of statements on, and not before`() throws {
        let allow = #"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#
        let few = Array(repeating: allow, count: StatementList.indexedFrom - 1).joined(separator: ",")
        let document = { (list: String) in #"{"Version":"2012-10-17","Statement":[\#(list)]}"# }
        #expect(try !PolicyDocument(parsing: document(few), as: .identity).isIndexed)
        #expect(try PolicyDocument(parsing: document("\(few),\(allow)"), as: .identity).isIndexed)
    }

    @Test func `looks at few statements of many`() throws {
        let statements = (0..<500).map { number in
            let resource = "arn:aws:kms:us-east-1:111122223333:key/\(number)"
            return #"{"Effect":"Allow","Action":"kms:Decrypt","Resource":["\#(resource)","\#(resource)/*"]}"#
        }
        let text = #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
        let compiled = try PolicyDocument(parsing: text, as: .identity).statements
        let index = StatementIndex(compiled)
        var looked: [Int] = []
        let hashes = RequestHashes(
            action: "kms:Decrypt",
            resource: "arn:aws:kms:us-east-1:111122223333:key/321"
        )
        index.candidates(hashes) { _, place in
            looked.append(place)
            return .max
        }
        #expect(looked == [321])
    }

    @Test func `keeps what shares a hash's slot apart`() {
        let entries = Dictionary(uniqueKeysWithValues: (0..<100).map { (UInt64($0) << 32, Int32($0)) })
        let index = HashIndex(entries)
        for (key, value) in entries { #expect(index[key] == Int(value)) }
        #expect(index[1] == nil)
        #expect(HashIndex([:])[7] == nil)
    }

    @Test func `a statement's place in the text is found`() throws {
        let text = """
            {"Version": "2012-10-17", "Id": "Statement: [{", "Statement":
              [ {"Sid":"a}","Effect":"Allow","Action":"s3:*","Resource":"*"},
                {"Effect":"Deny","Action":"s3:*","Resource":"é",
                 "Condition":{"Null":{"s3:x":true}}}]
            }
            """
        let spans = StatementSpans.spans(in: text)
        #expect(spans.count == 2)
        #expect(spans.first?.start == StatementSpans.Position(line: 2, column: 5))
        #expect(spans.first?.end == StatementSpans.Position(line: 2, column: 65))
        #expect(spans.last?.start == StatementSpans.Position(line: 3, column: 5))
        #expect(spans.last?.end == StatementSpans.Position(line: 4, column: 41))
        #expect(StatementSpans.spans(in: #"{"Statement":{"Effect":"Allow"}}"#).count == 1)
        #expect(StatementSpans.spans(in: #"{"\u0053tatement":[{}],"x":{}}"#).count == 1)
        for garbage in ["", "{", "}{", #"{"Statement":["#, #"""#, "\\", #"{"Statement":[{"#, "]]]]"] {
            _ = StatementSpans.spans(in: garbage)
        }
    }
}
