import Testing

@testable import Authorization

@Suite("PolicyDocument")
struct PolicyDocumentTests {
    private static let fullStatement = """
        {"Sid":"Allow use of the key","Effect":"Allow","Principal":{"AWS":["111122223333",\
        "arn:aws:iam::111122223333:user/alice"],"Service":"logs.us-east-1.amazonaws.com"},\
        "Action":["kms:Encrypt","kms:Re*"],"Resource":"*",\
        "Condition":{"StringEquals":{"kms:ViaService":["a","b"]},"Bool":{"aws:SecureTransport":true}}}
        """

    @Test func `keeps its text and lists the principals it names`() throws {
        let text =
            #"{"Version":"2012-10-17","Id":"x","Statement":[\#(Self.fullStatement),\#(Self.fullStatement)]}"#
        let policy = try PolicyDocument(parsing: text, as: .key, named: "default")
        #expect(policy.source == text)
        #expect(policy.kind == .key)
        #expect(policy.name == "default")
        #expect(
            policy.principals == [
                .account("111122223333"), .arn("arn:aws:iam::111122223333:user/alice"),
                .service("logs.us-east-1.amazonaws.com"),
            ]
        )
    }

    @Test func `takes one statement without a list, and an older version`() throws {
        let text = #"{"Version":"2008-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#
        #expect(try PolicyDocument(parsing: text, as: .identity).statements.count == 1)
        let bare = #"{"Statement":[]}"#
        #expect(try PolicyDocument(parsing: bare, as: .identity).statements.isEmpty)
    }

    @Test(arguments: [
        ("[]", PolicyError.wrongType(element: "Policy")),
        ("{", .invalidJSON(.unexpectedEnd)),
        ("{}", .missingElement("Statement")),
        (#"{"Statement":1}"#, .wrongType(element: "Statement")),
        (#"{"Statement":[[]]}"#, .wrongType(element: "Statement")),
        (#"{"Statement":[],"Statement":[]}"#, .invalidJSON(.duplicateMember("Statement"))),
        (#"{"statement":[]}"#, .unknownElement("statement")),
        (#"{"Version":"2012-10-18","Statement":[]}"#, .unsupportedVersion("2012-10-18")),
        (#"{"Version":20121017,"Statement":[]}"#, .wrongType(element: "Version")),
        (#"{"Id":1,"Statement":[]}"#, .wrongType(element: "Id")),
    ])
    func `refuses a malformed document`(text: String, error: PolicyError) {
        for kind in PolicyKind.allCases {
            #expect(throws: error) { try PolicyDocument(parsing: text, as: kind) }
        }
    }

    /// Statements of a resource policy; `P` stands for a principal, `AR` for action and resource.
    @Test(arguments: [
        (#"P,AR"#, PolicyError.missingElement("Effect")),
        (#""Effect":"allow",P,AR"#, .invalidEffect("allow")),
        (#""Effect":true,P,AR"#, .wrongType(element: "Effect")),
        (#""Effect":"Allow",AR"#, .missingElement("Principal")),
        (#""Effect":"Allow",P,"Resource":"*""#, .missingElement("Action")),
        (#""Effect":"Allow",P,"Action":"*""#, .missingElement("Resource")),
        (#""Effect":"Allow",P,AR,"NotAction":"s3:x""#, .conflictingElements("Action", "NotAction")),
        (#""Effect":"Allow",P,AR,"NotResource":"*""#, .conflictingElements("Resource", "NotResource")),
        (
            #""Effect":"Deny",P,AR,"NotPrincipal":{"AWS":"111122223333"}"#,
            .conflictingElements("Principal", "NotPrincipal")
        ),
        (#""Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},AR"#, .notPrincipalWithAllow),
        (#""Effect":"Deny","NotPrincipal":"*",AR"#, .invalidPrincipal("*")),
        (#""Effect":"Allow",P,AR,"Comment":"x""#, .unknownElement("Comment")),
        (#""Effect":"Allow",P,AR,"Sid":5"#, .wrongType(element: "Sid")),
        (#""Effect":"Allow",P,"Action":[],"Resource":"*""#, .wrongType(element: "Action")),
        (#""Effect":"Allow",P,"Action":["s3:x",1],"Resource":"*""#, .wrongType(element: "Action")),
        (#""Effect":"Allow",P,"Action":"Encrypt","Resource":"*""#, .invalidAction("Encrypt")),
        (#""Effect":"Allow",P,"Action":"kms:","Resource":"*""#, .invalidAction("kms:")),
        (#""Effect":"Allow",P,"Action":"kms:a:b","Resource":"*""#, .invalidAction("kms:a:b")),
        (#""Effect":"Allow",P,"Action":"kms:${x}","Resource":"*""#, .invalidAction("kms:${x}")),
        (#""Effect":"Allow",P,"Action":"*","Resource":"bucket""#, .invalidResource("bucket")),
        (#""Effect":"Allow",P,"Action":"*","Resource":{}"#, .wrongType(element: "Resource")),
        (
            #""Effect":"Allow",P,"Action":"*","Resource":"arn:aws:s3:::${x""#,
            .invalidVariable("arn:aws:s3:::${x")
        ),
        (#""Effect":"Allow",P,AR,"Condition":[]"#, .wrongType(element: "Condition")),
        (#""Effect":"Allow",P,AR,"Condition":{"Bool":true}"#, .wrongType(element: "Bool")),
        (#""Effect":"Allow",P,AR,"Condition":{"Bool":{"a:b":[]}}"#, .wrongType(element: "a:b")),
        (#""Effect":"Allow",P,AR,"Condition":{"Bool":{"a:b":null}}"#, .wrongType(element: "a:b")),
        (#""Effect":"Allow",P,AR,"Condition":{"Bool":{"a:b":[["true"]]}}"#, .wrongType(element: "a:b")),
        (#""Effect":"Allow",P,AR,"Condition":{"Bool":{"secure":true}}"#, .invalidConditionKey("secure")),
    ])
    func `refuses a malformed statement`(statement: String, error: PolicyError) {
        let body = statement.replacing("AR", with: #""Action":"*","Resource":"*""#)
            .replacing(",P,", with: #","Principal":"*","#)
            .replacing("P,", with: #""Principal":"*","#)
        #expect(throws: error, "\(body)") { try Scenario.policy(.resource, "{\(body)}") }
    }

    @Test(arguments: [PolicyKind.identity, .session, .boundary])
    func `refuses principals in policies that belong to a principal`(kind: PolicyKind) {
        for name in ["Principal", "NotPrincipal"] {
            #expect(throws: PolicyError.prohibitedElement("Principal")) {
                try Scenario.policy(
                    kind,
                    #"{"Effect":"Deny","\#(name)":{"AWS":"111122223333"},"Action":"*","Resource":"*"}"#
                )
            }
        }
    }

    @Test func `refuses resources in a trust policy`() {
        #expect(throws: PolicyError.prohibitedElement("Resource")) {
            try Scenario.policy(
                .trust,
                #"{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}"#
            )
        }
    }

    @Test func `wants plain and distinct statement ids in IAM's own policies only`() throws {
        func statement(_ sid: String) -> String {
            #"{"Sid":"\#(sid)","Effect":"Allow","Action":"*","Resource":"*"}"#
        }
        #expect(throws: PolicyError.duplicateSid("A")) {
            try Scenario.policy(.identity, statement("A"), statement("A"))
        }
        #expect(throws: PolicyError.invalidSid("a b")) { try Scenario.policy(.identity, statement("a b")) }
        _ = try Scenario.policy(.identity, statement(""), statement(""))
    }

    @Test func `takes only the characters that AWS takes in key policies`() throws {
        func text(_ character: String) -> String { #"{"Statement":[],"Id":"\#(character)"}"# }
        for character in ["\u{20}", "~", "\u{7F}", "\u{A0}", "\u{FF}"] {
            _ = try PolicyDocument(parsing: text(character), as: .key)
        }
        for scalar in ["\u{100}", "\u{4E2D}", "\u{1F600}"] as [Unicode.Scalar] {
            #expect(throws: PolicyError.invalidCharacter(scalar)) {
                try PolicyDocument(parsing: text(String(scalar)), as: .key)
            }
            _ = try PolicyDocument(parsing: text(String(scalar)), as: .identity)
        }
        #expect(throws: PolicyError.invalidCharacter("\u{0B}")) {
            try PolicyDocument(parsing: "\u{0B}{}", as: .key)
        }
    }

    @Test(arguments: PolicyKind.allCases)
    func `refuses a text beyond its limit`(kind: PolicyKind) throws {
        let body = #"{"Statement":[]}"#
        let padding = String(repeating: " ", count: kind.textBytesMax - body.utf8.count)
        _ = try PolicyDocument(parsing: body + padding, as: kind)
        #expect(throws: PolicyError.tooLong(bytesMax: kind.textBytesMax)) {
            try PolicyDocument(parsing: body + padding + " ", as: kind)
        }
    }

    @Test(arguments: [
        #"{"Effect":"Allow","Principal":"*","Action":"kms:*"}"#,
        #"{"Effect":"Allow","Principal":"*","Resource":"*"}"#,
        #"{"Effect":"Allow","Principal":"*"}"#,
    ])
    func `takes a key policy statement without action or resource, which does nothing`(
        statement: String
    ) throws {
        let request = Scenario.request(
            .root(account: Scenario.account),
            policy: try Scenario.policy(.key, statement)
        )
        #expect(Authorizer.decide(request) == .denied(.noAllow(.key)))
    }
}

@Suite("Statement matching")
struct StatementTests {
    private func applies(_ body: String, _ action: String, on resource: String = Scenario.key) throws -> Bool
    {
        let policy = try Scenario.policy(.identity, #"{"Effect":"Allow",\#(body)}"#)
        let request = Scenario.request(
            Scenario.user(identityPolicies: [policy]),
            action,
            on: resource,
            policy: nil,
            delegation: .notRequired
        )
        return Authorizer.decide(request).isAllowed
    }

    @Test(arguments: [
        ("kms:Decrypt", "kms:Decrypt", true), ("KMS:decrypt", "kms:Decrypt", true),
        ("kms:*", "kms:Decrypt", true),
        ("*", "kms:Decrypt", true), ("*:*", "kms:Decrypt", true), ("kms:De*pt", "kms:Decrypt", true),
        ("kms:Decryp?", "kms:Decrypt", true), ("kms:Decryp", "kms:Decrypt", false),
        ("s3:*", "kms:Decrypt", false), ("kms:GenerateDataKey", "kms:GenerateDataKeyPair", false),
        ("kms:GenerateDataKey*", "kms:GenerateDataKeyPair", true),
    ])
    func `matches actions without case`(pattern: String, action: String, expected: Bool) throws {
        #expect(try applies(#""Action":"\#(pattern)","Resource":"*""#, action) == expected)
        #expect(try applies(#""NotAction":"\#(pattern)","Resource":"*""#, action) == !expected)
    }

    @Test(arguments: [
        (Scenario.key, true), ("arn:aws:kms:*:111122223333:key/*", true),
        ("arn:aws:kms:us-east-1:111122223333:key/1234ABCD-12ab-34cd-56ef-1234567890ab", false),
        ("arn:aws:kms:us-east-1:444455556666:key/*", false), ("*", true),
    ])
    func `matches resources with case`(pattern: String, expected: Bool) throws {
        #expect(try applies(#""Action":"*","Resource":"\#(pattern)""#, "kms:Decrypt") == expected)
        #expect(try applies(#""Action":"*","NotResource":"\#(pattern)""#, "kms:Decrypt") == !expected)
        #expect(
            try applies(#""Action":"*","Resource":["arn:aws:s3:::b","\#(pattern)"]"#, "kms:Decrypt")
                == expected
        )
    }

    @Test func `matches an operation on no resource only with a star`() throws {
        #expect(try applies(#""Action":"*","Resource":"*""#, "kms:ListKeys", on: "*"))
        #expect(try !applies(#""Action":"*","Resource":"arn:aws:kms:*""#, "kms:ListKeys", on: "*"))
    }
}

@Suite("Policy variables")
struct PolicyVariableTests {
    private let caller = Scenario.user(tags: ["team": "red", "glob": "*", "empty": ""])

    @Test(arguments: [
        ("${aws:username}", "alice", true), ("${aws:username}", "Alice", false),
        ("${AWS:UserName}", "alice", true),
        ("x-${aws:PrincipalTag/team}-y", "x-red-y", true), ("${aws:PrincipalTag/TEAM}", "red", true),
        ("${aws:PrincipalTag/none, 'blue'}", "blue", true),
        ("${aws:PrincipalTag/team, 'blue'}", "blue", false),
        ("${aws:PrincipalTag/none,'b l'}", "b l", true), ("${aws:PrincipalTag/none, ''}", "", true),
        ("${aws:PrincipalTag/none}", "", false),
        ("${aws:PrincipalTag/none}", "${aws:PrincipalTag/none}", false),
        ("${*}${?}${$}", "*?$", true), ("${aws:PrincipalTag/glob}", "anything", false),
        ("${aws:PrincipalTag/glob}", "*", true), ("$5 and {x}", "$5 and {x}", true), ("$", "$", true),
        ("${aws:PrincipalTag/empty}", "", true), ("${aws:CalledVia}", "", false),
    ])
    func `are filled in as literal text`(listed: String, value: String, expected: Bool) throws {
        let context = DictionaryContext(["s3:x": .single(value)])
        for name in ["StringEquals", "StringLike"] {
            let condition = #""\#(name)":{"s3:x":"\#(listed)"}"#
            #expect(try Scenario.holds(condition, caller: caller, context: context) == expected, "\(name)")
        }
    }

    @Test func `are compared without case where the operator says so`() throws {
        let context = DictionaryContext(["s3:x": .single("HOME/RED")])
        let condition = #""StringEqualsIgnoreCase":{"s3:x":"Home/${aws:PrincipalTag/team}"}"#
        #expect(try Scenario.holds(condition, caller: caller, context: context))
    }

    @Test func `do not exist in the older version`() throws {
        let context = DictionaryContext(["s3:x": .single("${aws:username}")])
        let condition = #""StringEquals":{"s3:x":"${aws:username}"}"#
        #expect(try Scenario.holds(condition, caller: caller, context: context, version: "2008-10-17"))
        #expect(try !Scenario.holds(condition, caller: caller, context: context))
    }

    @Test func `without a value never allow, and deny through a negated operator`() throws {
        let context = DictionaryContext(["s3:x": .single("red")])
        let positive = #""StringEquals":{"s3:x":"${aws:PrincipalTag/none}"}"#
        let negated = #""StringNotEquals":{"s3:x":"${aws:PrincipalTag/none}"}"#
        #expect(try !Scenario.holds(positive, caller: caller, context: context))
        #expect(try !Scenario.holds(positive, effect: .deny, caller: caller, context: context))
        #expect(try !Scenario.holds(negated, caller: caller, context: context))
        #expect(try Scenario.holds(negated, effect: .deny, caller: caller, context: context))
    }

    @Test(arguments: [
        (#""Resource":"arn:aws:s3:::home/${aws:username}/*""#, "arn:aws:s3:::home/alice/file", true),
        (#""Resource":"arn:aws:s3:::home/${aws:username}/*""#, "arn:aws:s3:::home/bob/file", false),
        (#""Resource":"arn:aws:s3:::home/${aws:PrincipalTag/none}/*""#, "arn:aws:s3:::home//file", false),
        (#""NotResource":"arn:aws:s3:::home/${aws:PrincipalTag/none}/*""#, "arn:aws:s3:::home//file", false),
        (#""NotResource":"arn:aws:s3:::home/${aws:username}/*""#, "arn:aws:s3:::home/bob/file", true),
        (#""Resource":"arn:aws:s3:::home/${aws:PrincipalTag/glob}""#, "arn:aws:s3:::home/x", false),
    ])
    func `stand in resources`(element: String, resource: String, expected: Bool) throws {
        let policy = try Scenario.policy(.identity, #"{"Effect":"Allow","Action":"*",\#(element)}"#)
        let alice = Scenario.user(identityPolicies: [policy], tags: ["glob": "*"])
        let request = Scenario.request(
            alice,
            "s3:GetObject",
            on: resource,
            policy: nil,
            delegation: .notRequired
        )
        #expect(Authorizer.decide(request).isAllowed == expected)
    }

    @Test func `stand for a whole ARN`() throws {
        let context = DictionaryContext(["aws:SourceArn": .single(Scenario.alice)])
        let condition = #""ArnEquals":{"aws:SourceArn":"${aws:PrincipalArn}"}"#
        #expect(try Scenario.holds(condition, context: context))
        #expect(try !Scenario.holds(condition, caller: Scenario.session(), context: context))
    }

    @Test(arguments: [
        "${", "${}", "${username}", "${aws:x", "${aws:x, d}", "${aws:x, 'd}", "${aws:x,'a''b'}", "${,'x'}",
    ])
    func `are refused when not well-formed`(text: String) {
        #expect(throws: PolicyError.invalidVariable(text)) {
            try Scenario.holds(#""StringEquals":{"s3:x":"\#(text)"}"#)
        }
    }
}
