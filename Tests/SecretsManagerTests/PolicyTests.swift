import Foundation
import OperationsTesting
import Testing

@Suite("Resource policies and tags of secrets")
struct PolicyTests {
    private let secrets: SecretsDeployment

    init() throws { secrets = try SecretsDeployment() }

    private func policy(
        _ principal: String,
        effect: String = "Allow",
        _ condition: String? = nil
    ) -> String {
        let tail = condition.map { ",\"Condition\":\($0)" } ?? ""
        return #"{"Version":"2012-10-17","Statement":[{"Effect":"\#(effect)","Principal":\#(principal),"#
            + #""Action":"secretsmanager:*","Resource":"*"\#(tail)}]}"#
    }

    private func put(_ policy: String, blocking: Bool = false) async throws -> String {
        try await secrets.failure(
            "PutResourcePolicy",
            ["SecretId": "s", "ResourcePolicy": policy, "BlockPublicPolicy": blocking]
        )
    }

    @Test func `let in whom no identity policy lets in, and keep out whom they deny`() async throws {
        try await secrets.makeSecret("s")
        let alice = secrets.asking(as: try SecretsDeployment.user("alice"))
        #expect(
            try await alice.failure("GetSecretValue", ["SecretId": "s"])
                .contains("is not authorized to perform: secretsmanager:GetSecretValue")
        )
        let user = #"{"AWS":"arn:aws:iam::111122223333:user/alice"}"#
        #expect(try await put(policy(user)) == "no error")
        #expect(try await alice.value("s") == "one")
        #expect(try await put(policy(user, effect: "Deny")) == "no error")
        let able = secrets.asking(
            as: try SecretsDeployment.user("alice", SecretsDeployment.allow("secretsmanager:*"))
        )
        #expect(
            try await able.failure("GetSecretValue", ["SecretId": "s"])
                .contains("with an explicit deny in a resource-based policy")
        )
        try await secrets.call("DeleteResourcePolicy", ["SecretId": "s"])
        #expect(try await able.value("s") == "one")
        #expect(try await secrets.call("GetResourcePolicy", ["SecretId": "s"])["ResourcePolicy"] == nil)
    }

    @Test func `tell absence only to those who could have read`() async throws {
        let alice = secrets.asking(as: try SecretsDeployment.user("alice"))
        #expect(try await alice.failure("GetSecretValue", ["SecretId": "none"]).hasPrefix("AccessDenied"))
        #expect(try await secrets.failure("GetSecretValue", ["SecretId": "none"]).hasPrefix("ResourceNot"))
    }

    @Test(arguments: [
        "no JSON", "{}", #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}]}"#,
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"999999999999"},"#
            + #""Action":"secretsmanager:*","Resource":"*"}]}"#,
    ])
    func `that cannot be are refused`(_ text: String) async throws {
        try await secrets.makeSecret("s")
        let before = try await secrets.records()
        #expect(try await put(text).hasPrefix("MalformedPolicyDocumentException"))
        #expect(try await secrets.records() == before)
        let answer = try await secrets.call("ValidateResourcePolicy", ["ResourcePolicy": text])
        #expect(answer["PolicyValidationPassed"] as? Bool == false)
        #expect(try answer.objects("ValidationErrors")[0]["CheckName"] as? String == "POLICY_SYNTAX")
    }

    @Test(
        arguments: [
            ("\"*\"", nil, true), (#"{"AWS":"*"}"#, nil, true),
            (#"{"AWS":"*"}"#, #"{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"#, false),
            (#"{"AWS":"*"}"#, #"{"StringLike":{"aws:PrincipalArn":"*"}}"#, true),
            (#"{"AWS":"*"}"#, #"{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}"#, true),
            (#"{"AWS":"*"}"#, #"{"StringEqualsIfExists":{"aws:PrincipalAccount":"111122223333"}}"#, true),
            (#"{"AWS":"*"}"#, #"{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}"#, true),
            (#"{"AWS":"*"}"#, #"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, false),
            (#"{"AWS":"*"}"#, #"{"Bool":{"aws:SecureTransport":"true"}}"#, true),
            (#"{"AWS":"111122223333"}"#, nil, false),
        ] as [(String, String?, Bool)]
    )
    func `that let everybody in can be blocked`(
        _ principal: String,
        _ condition: String?,
        _ isPublic: Bool
    ) async throws {
        try await secrets.makeSecret("s")
        let text = policy(principal, condition)
        let outcome = try await put(text, blocking: true)
        #expect(outcome.hasPrefix(isPublic ? "PublicPolicyException" : "no error"), "\(outcome)")
        #expect(try await put(text) == "no error")
        let answer = try await secrets.call("ValidateResourcePolicy", ["ResourcePolicy": text])
        #expect(answer["PolicyValidationPassed"] as? Bool == !isPublic)
    }

    @Test func `that lock their author out are found`() async throws {
        try await secrets.makeSecret("s")
        let answer = try await secrets.call(
            "ValidateResourcePolicy",
            ["SecretId": "s", "ResourcePolicy": policy("\"*\"", effect: "Deny")]
        )
        #expect(
            try answer.objects("ValidationErrors").compactMap { $0["CheckName"] as? String }
                == ["PREVENT_LOCKOUT"]
        )
    }

    @Test func `decide by tags, and nobody takes away his own way in`() async throws {
        try await secrets.makeSecret("s", "one", ["Tags": [["Key": "team", "Value": "blue"]]])
        let statement = #"""
            {"Effect":"Allow","Action":"secretsmanager:*","Resource":"*",
            "Condition":{"StringEquals":{"secretsmanager:ResourceTag/team":"blue"}}}
            """#
        let blue = secrets.asking(as: try SecretsDeployment.user("alice", statement))
        #expect(try await blue.value("s") == "one")
        let before = try await secrets.records()
        let red: [String: Any] = ["SecretId": "s", "Tags": [["Key": "team", "Value": "red"]]]
        #expect(try await blue.failure("TagResource", red).hasPrefix("AccessDeniedException"))
        let untag: [String: Any] = ["SecretId": "s", "TagKeys": ["team"]]
        #expect(try await blue.failure("UntagResource", untag).hasPrefix("AccessDeniedException"))
        #expect(try await secrets.records() == before)
        try await secrets.call("TagResource", red)
        #expect(try await blue.failure("GetSecretValue", ["SecretId": "s"]).hasPrefix("AccessDenied"))
    }

    @Test func `decide by what a request says`() async throws {
        let statement = #"""
            {"Effect":"Allow","Action":"secretsmanager:*","Resource":"*","Condition":{"StringLike":
            {"secretsmanager:Name":"app/*","aws:RequestTag/team":"blue"}}}
            """#
        let alice = secrets.asking(as: try SecretsDeployment.user("alice", statement))
        let tags = [["Key": "team", "Value": "blue"]]
        _ = try await alice.call("CreateSecret", ["Name": "app/x", "Tags": tags])
        for members: [String: Any] in [
            ["Name": "app/y"], ["Name": "other", "Tags": tags],
            ["Name": "app/z", "Tags": [["Key": "team", "Value": "red"]]],
        ] {
            #expect(try await alice.failure("CreateSecret", members).hasPrefix("AccessDenied"))
        }
        let stage = #"""
            {"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*",
            "Condition":{"StringEquals":{"secretsmanager:VersionStage":"AWSCURRENT"}}}
            """#
        try await secrets.makeSecret("s")
        let reader = secrets.asking(as: try SecretsDeployment.user("bob", stage))
        #expect(try await reader.value("s") == "one")
        #expect(try await reader.value("s", ["VersionStage": "AWSCURRENT"]) == "one")
        let byID: [String: Any] = ["SecretId": "s", "VersionId": SecretsDeployment.token(1)]
        #expect(try await reader.failure("GetSecretValue", byID).hasPrefix("AccessDenied"))
    }

    @Test func `of many secrets are asked for each of a batch`() async throws {
        try await secrets.makeSecret("open")
        try await secrets.makeSecret("shut")
        let statement = #"""
            {"Effect":"Allow","Action":"secretsmanager:GetSecretValue",
            "Resource":"arn:aws:secretsmanager:*:*:secret:open-??????"}
            """#
        let alice = secrets.asking(
            as: try SecretsDeployment.user(
                "alice",
                statement,
                SecretsDeployment.allow("secretsmanager:BatchGetSecretValue")
            )
        )
        let answer = try await alice.call("BatchGetSecretValue", ["SecretIdList": ["open", "shut", "none"]])
        #expect(try answer.objects("SecretValues").compactMap { $0["SecretString"] as? String } == ["one"])
        let errors = try answer.objects("Errors").compactMap { $0["ErrorCode"] as? String }
        #expect(errors == ["AccessDeniedException", "AccessDeniedException"])
        #expect(try secrets.trail.count("GetSecretValue") == 3)
        let filters: [String: Any] = ["Filters": [["Key": "name", "Values": ["open"]]]]
        let denial = try await alice.failure("BatchGetSecretValue", filters)
        #expect(denial.contains("secretsmanager:ListSecrets"))
    }
}
