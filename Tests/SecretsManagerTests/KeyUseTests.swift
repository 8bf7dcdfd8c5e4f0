import Authorization
import Operations
import OperationsTesting
import Testing

@Suite("KMS keys of secrets")
struct KeyUseTests {
    private let secrets: SecretsDeployment

    init() throws { secrets = try SecretsDeployment() }

    private func makeKey() async throws -> String {
        let answer = try await secrets.call("CreateKey")
        let metadata = try #require(answer["KeyMetadata"] as? [String: Any])
        return try #require(metadata["Arn"] as? String)
    }

    @Test func `are needed by whoever reads a value`() async throws {
        let key = try await makeKey()
        try await secrets.makeSecret("s", "one", ["KmsKeyId": key])
        let reader = secrets.asking(
            as: try SecretsDeployment.user("alice", SecretsDeployment.allow("secretsmanager:*"))
        )
        let denial = try await reader.failure("GetSecretValue", ["SecretId": "s"])
        #expect(denial == "AccessDeniedException: Access to KMS is not allowed")
        let able = secrets.asking(
            as: try SecretsDeployment.user(
                "bob",
                SecretsDeployment.allow("secretsmanager:*", "kms:Decrypt")
            )
        )
        #expect(try await able.value("s") == "one")
        let before = try await secrets.records()
        let put: [String: Any] = [
            "SecretId": "s", "SecretString": "two", "ClientRequestToken": SecretsDeployment.token(2),
        ]
        #expect(try await able.failure("PutSecretValue", put).hasPrefix("AccessDeniedException: Access to"))
        #expect(try await secrets.records() == before)
    }

    @Test func `are used through Secrets Manager alone where a policy says so`() async throws {
        let key = try await makeKey()
        try await secrets.makeSecret("s", "one", ["KmsKeyId": key])
        let via = #"""
            {"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":
            {"kms:ViaService":"secretsmanager.us-east-1.amazonaws.com"},"StringLike":
            {"kms:EncryptionContext:SecretARN":"arn:aws:secretsmanager:us-east-1:111122223333:secret:s-*"}}}
            """#
        let reader = secrets.asking(
            as: try SecretsDeployment.user("alice", SecretsDeployment.allow("secretsmanager:*"), via)
        )
        #expect(try await reader.value("s") == "one")
    }

    @Test func `that are the account's default need no permission of their own`() async throws {
        try await secrets.makeSecret("s")
        let reader = secrets.asking(
            as: try SecretsDeployment.user("alice", SecretsDeployment.allow("secretsmanager:GetSecretValue"))
        )
        #expect(try await reader.value("s") == "one")
        let versions = try await secrets.call("ListSecretVersionIds", ["SecretId": "s"])
        #expect(try versions.objects("Versions")[0]["KmsKeyIds"] as? [String] == ["DefaultEncryptionKey"])
    }

    @Test func `that are disabled make their secrets unreadable until they are enabled`() async throws {
        let key = try await makeKey()
        try await secrets.makeSecret("s", "one", ["KmsKeyId": key])
        #expect(try await secrets.value("s") == "one")
        try await secrets.call("DisableKey", ["KeyId": key])
        // What is in memory of the key is dropped, so nothing is answered from there.
        #expect(try secrets.replyNow("GetSecretValue", ["SecretId": "s"]) == nil)
        let unreadable = try await secrets.failure("GetSecretValue", ["SecretId": "s"])
        #expect(unreadable.hasPrefix("DecryptionFailure: Secrets Manager can't decrypt"))
        let unwritable = try await secrets.failure(
            "PutSecretValue",
            ["SecretId": "s", "SecretString": "two", "ClientRequestToken": SecretsDeployment.token(2)]
        )
        #expect(unwritable.hasPrefix("EncryptionFailure: Secrets Manager can't encrypt"))
        try await secrets.call("EnableKey", ["KeyId": key])
        #expect(try await secrets.value("s") == "one")
    }

    @Test func `have an event for each use, which names the secret`() async throws {
        let arn = try await secrets.makeSecret("s")
        _ = try await secrets.value("s")
        #expect(try secrets.trail.count("GenerateDataKey") == 1)
        #expect(try secrets.trail.count("Decrypt") == 1)
        let events = try secrets.trail.text()
        #expect(events.contains(#""encryptionContext":{"SecretARN":"\#(arn)""#))
        #expect(events.contains(#""invokedBy":"secretsmanager.amazonaws.com""#))
    }

    @Test func `have their events recorded with the event of the answer that they are used for`() async throws
    {
        try await secrets.makeSecret("s", "one", ["KmsKeyId": try await makeKey()])
        _ = try await secrets.value("s")
        let earlier = try secrets.trail.text()
        let made = try #require(try secrets.unrecordedNow("GetSecretValue", ["SecretId": "s"]))
        #expect(try names(in: made) == ["Decrypt", "GetSecretValue"])
        #expect(try secrets.trail.text() == earlier)
        let reader = secrets.asking(
            as: try SecretsDeployment.user("alice", SecretsDeployment.allow("secretsmanager:*"))
        )
        let denied = try #require(try reader.unrecordedNow("GetSecretValue", ["SecretId": "s"]))
        #expect(denied.reply.errorCode == "AccessDeniedException")
        #expect(
            try names(in: denied) == [
                "Decrypt AccessDeniedException", "GetSecretValue AccessDeniedException",
            ]
        )
        #expect(try secrets.trail.text() == earlier)
    }

    @Test func `across accounts have an event for either account`() async throws {
        let key = try await makeKey()
        let arn = try await secrets.makeSecret("s", "one", ["KmsKeyId": key])
        let policy = #"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["111122223333",
            "444455556666"]},"Action":"*","Resource":"*"}]}
            """#
        try await secrets.call("PutKeyPolicy", ["KeyId": key, "Policy": policy])
        try await secrets.call("PutResourcePolicy", ["SecretId": arn, "ResourcePolicy": policy])
        let stranger = secrets.asking(as: .root(account: SecretsDeployment.otherAccount))
        #expect(try await stranger.value(arn) == "one")
        let made = try #require(try stranger.unrecordedNow("GetSecretValue", ["SecretId": arn]))
        #expect(try names(in: made).sorted() == ["Decrypt", "Decrypt", "GetSecretValue", "GetSecretValue"])
    }

    /// The names of an answer's events with their errors.
    private func names(in made: UnrecordedReply) throws -> [String] {
        try made.events.map { event in
            let answer = try Answer(event)
            return [try answer.text("eventName"), answer["errorCode"] as? String].compactMap { $0 }
                .joined(separator: " ")
        }
    }

    @Test func `that change encrypt the labelled versions anew`() async throws {
        let (old, new) = (try await makeKey(), try await makeKey())
        try await secrets.makeSecret("s", "one", ["KmsKeyId": old])
        try await secrets.put("s", "two", 2)
        try await secrets.put("s", "three", 3)
        try await secrets.call("UpdateSecret", ["SecretId": "s", "KmsKeyId": new])
        try await secrets.call("DisableKey", ["KeyId": old])
        #expect(try await secrets.value("s") == "three")
        #expect(try await secrets.value("s", ["VersionStage": "AWSPREVIOUS"]) == "two")
        let deprecated: [String: Any] = ["SecretId": "s", "VersionId": SecretsDeployment.token(1)]
        #expect(try await secrets.failure("GetSecretValue", deprecated).hasPrefix("DecryptionFailure"))
        #expect(try await secrets.call("DescribeSecret", ["SecretId": "s"]).text("KmsKeyId") == new)
    }

    @Test func `give way to the account's default by an empty KmsKeyId`() async throws {
        let key = try await makeKey()
        try await secrets.makeSecret("s", "one", ["KmsKeyId": key])
        try await secrets.call("UpdateSecret", ["SecretId": "s", "KmsKeyId": ""])
        try await secrets.call("DisableKey", ["KeyId": key])
        #expect(try await secrets.value("s") == "one")
        #expect(try await secrets.call("DescribeSecret", ["SecretId": "s"])["KmsKeyId"] == nil)
    }

    @Test func `whose old versions cannot be read stay with them`() async throws {
        let (old, new) = (try await makeKey(), try await makeKey())
        try await secrets.makeSecret("s", "one", ["KmsKeyId": old])
        let keeper = secrets.asking(
            as: try SecretsDeployment.user(
                "alice",
                SecretsDeployment.allow("secretsmanager:*", "kms:GenerateDataKey")
            )
        )
        let change: [String: Any] = [
            "SecretId": "s", "KmsKeyId": new, "SecretString": "two",
            "ClientRequestToken": SecretsDeployment.token(2),
        ]
        try await keeper.call("UpdateSecret", change)
        let versions = try await secrets.call("ListSecretVersionIds", ["SecretId": "s"]).objects("Versions")
        #expect(versions.map { $0["KmsKeyIds"] as? [String] } == [[old], [new]])
        #expect(try await secrets.value("s") == "two")
        #expect(try await secrets.value("s", ["VersionStage": "AWSPREVIOUS"]) == "one")
    }

    @Test func `of the default kind do not serve other accounts`() async throws {
        let arn = try await secrets.makeSecret("s")
        let policy = #"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},
            "Action":"secretsmanager:*","Resource":"*"}]}
            """#
        let stranger = secrets.asking(as: .root(account: SecretsDeployment.otherAccount))
        #expect(try await stranger.failure("GetSecretValue", ["SecretId": arn]).hasPrefix("AccessDenied"))
        try await secrets.call("PutResourcePolicy", ["SecretId": "s", "ResourcePolicy": policy])
        #expect(
            try await stranger.failure("GetSecretValue", ["SecretId": arn])
                == "InvalidRequestException: You can't access a secret from a different AWS account if you encrypt "
                + "the secret with the default KMS service key."
        )
        #expect(try await stranger.call("DescribeSecret", ["SecretId": arn]).text("Name") == "s")
    }
}
