import OperationsTesting
import Testing

@Suite("Replication of secrets")
struct ReplicationTests {
    private let secrets: SecretsDeployment
    private let abroad: SecretsDeployment

    init() throws {
        secrets = try SecretsDeployment()
        abroad = secrets.asking(in: "eu-west-1")
    }

    private func replicate(_ more: [String: Any] = [:]) async throws -> [Answer] {
        let members: [String: Any] = ["SecretId": "s", "AddReplicaRegions": [["Region": "eu-west-1"]]]
        return try await secrets.call("ReplicateSecretToRegions", members.merging(more) { $1 })
            .objects("ReplicationStatus")
    }

    @Test func `copies the labelled versions and follows every change`() async throws {
        let arn = try await secrets.makeSecret("s")
        try await secrets.put("s", "two", 2)
        #expect(try await replicate()[0]["Status"] as? String == "InSync")
        let replica = arn.replacing("us-east-1", with: "eu-west-1")
        #expect(try await abroad.value(replica) == "two")
        #expect(try await abroad.value("s", ["VersionStage": "AWSPREVIOUS"]) == "one")
        try await secrets.put("s", "three", 3)
        try await secrets.call("TagResource", ["SecretId": "s", "Tags": [["Key": "a", "Value": "b"]]])
        #expect(try await abroad.value("s") == "three")
        #expect(try await abroad.stages(of: "s") == secrets.stages(of: "s"))
        let description = try await abroad.call("DescribeSecret", ["SecretId": "s"])
        #expect(try description.text("PrimaryRegion") == "us-east-1")
        #expect(try description.objects("Tags").count == 1)
    }

    @Test func `leaves the replica to be read only`() async throws {
        try await secrets.makeSecret("s", "one", ["AddReplicaRegions": [["Region": "eu-west-1"]]])
        let before = try await secrets.records()
        let token = SecretsDeployment.token(5)
        for (operation, members): (String, [String: Any]) in [
            ("PutSecretValue", ["SecretString": "x", "ClientRequestToken": token]),
            ("UpdateSecret", ["Description": "x"]), ("TagResource", ["Tags": [["Key": "a", "Value": "b"]]]),
            ("DeleteResourcePolicy", [:]),
            ("ReplicateSecretToRegions", ["AddReplicaRegions": [["Region": "us-east-1"]]]),
            ("RemoveRegionsFromReplication", ["RemoveReplicaRegions": ["eu-west-1"]]),
        ] {
            #expect(
                try await abroad.failure(operation, members.merging(["SecretId": "s"]) { $1 })
                    == "InvalidRequestException: Operation not permitted on a replica secret. Call must be made in "
                    + "primary secret's region.",
                "\(operation)"
            )
        }
        #expect(try await secrets.records() == before)
    }

    @Test func `goes to one Region after another`() async throws {
        try await secrets.makeSecret("s")
        _ = try await replicate()
        try await secrets.put("s", "two", 2)
        let both = try await replicate(["AddReplicaRegions": [["Region": "ap-south-1"]]])
        #expect(both.compactMap { $0["Status"] as? String } == ["InSync", "InSync"])
        #expect(try await secrets.asking(in: "ap-south-1").value("s") == "two")
        #expect(try await abroad.value("s") == "two")
    }

    @Test func `lets a replica have a key of its own, and change it`() async throws {
        func makeKey() async throws -> String {
            let answer = try await abroad.call("CreateKey")
            return try #require((answer["KeyMetadata"] as? [String: Any])?["Arn"] as? String)
        }
        let (first, second) = (try await makeKey(), try await makeKey())
        try await secrets.makeSecret("s")
        let regions = [["Region": "eu-west-1", "KmsKeyId": first]]
        let status = try await replicate(["AddReplicaRegions": regions])
        #expect(status[0]["KmsKeyId"] as? String == first)
        try await abroad.call("UpdateSecret", ["SecretId": "s", "KmsKeyId": second])
        try await abroad.call("DisableKey", ["KeyId": first])
        #expect(try await abroad.value("s") == "one")
        try await secrets.put("s", "two", 2)
        #expect(try await abroad.value("s") == "two")
        try await abroad.call("DisableKey", ["KeyId": second])
        try await secrets.put("s", "three", 3)
        #expect(try await secrets.value("s") == "three")
        let failed = try await secrets.call("DescribeSecret", ["SecretId": "s"]).objects("ReplicationStatus")
        #expect(failed[0]["Status"] as? String == "Failed")
        #expect((failed[0]["StatusMessage"] as? String)?.contains("can't encrypt") == true)
        try await abroad.call("EnableKey", ["KeyId": second])
        #expect(try await abroad.value("s") == "two")
        let again = try await replicate(["AddReplicaRegions": [["Region": "eu-west-1", "KmsKeyId": second]]])
        #expect(again[0]["Status"] as? String == "InSync")
        #expect(try await abroad.value("s") == "three")
    }

    @Test func `does not replace a secret of the same name unless told to`() async throws {
        try await secrets.makeSecret("s")
        try await abroad.makeSecret("s", "theirs")
        let failed = try await replicate()
        #expect(failed[0]["Status"] as? String == "Failed")
        #expect(
            failed[0]["StatusMessage"] as? String
                == "Replication failed: Secret name s already exists in region eu-west-1."
        )
        #expect(try await abroad.value("s") == "theirs")
        let done = try await replicate(["ForceOverwriteReplicaSecret": true])
        #expect(done[0]["Status"] as? String == "InSync")
        #expect(try await abroad.value("s") == "one")
    }

    @Test func `ends by removal, by promotion, or by deletion of the replica`() async throws {
        try await secrets.makeSecret("s")
        _ = try await replicate()
        let blocked = try await secrets.failure("DeleteSecret", ["SecretId": "s"])
        #expect(
            blocked
                == "InvalidParameterException: You can't delete secret s that still has replica regions [eu-west-1]"
        )
        try await secrets.call(
            "RemoveRegionsFromReplication",
            ["SecretId": "s", "RemoveReplicaRegions": ["eu-west-1"]]
        )
        #expect(try await abroad.failure("DescribeSecret", ["SecretId": "s"]).hasPrefix("ResourceNotFound"))
        _ = try await replicate()
        try await abroad.call("StopReplicationToReplica", ["SecretId": "s"])
        try await abroad.put("s", "own", 7)
        #expect(try await abroad.value("s") == "own")
        #expect(try await secrets.value("s") == "one")
        #expect(
            try await abroad.failure("StopReplicationToReplica", ["SecretId": "s"])
                .hasPrefix("InvalidRequestException")
        )
        try await abroad.call("DeleteSecret", ["SecretId": "s", "ForceDeleteWithoutRecovery": true])
        _ = try await replicate()
        try await abroad.call("DeleteSecret", ["SecretId": "s"])
        #expect(try await secrets.call("DescribeSecret", ["SecretId": "s"])["ReplicationStatus"] == nil)
    }

    @Test(arguments: ["us-east-1", "sa-east-1"]) func `is refused to`(_ region: String) async throws {
        try await secrets.makeSecret("s")
        let before = try await secrets.records()
        let members: [String: Any] = ["SecretId": "s", "AddReplicaRegions": [["Region": region]]]
        #expect(
            try await secrets.failure("ReplicateSecretToRegions", members)
                == "InvalidParameterException: Invalid replica region."
        )
        #expect(try await secrets.records() == before)
    }
}
