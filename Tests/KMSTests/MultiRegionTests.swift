import Foundation
import KMS
import OperationsTesting
import Testing

@Suite("Multi-Region keys")
struct MultiRegionTests {
    private let kms: KMSDeployment

    init() throws { kms = try KMSDeployment() }

    private func makePrimary(_ members: [String: Any] = [:]) async throws -> String {
        try await kms.makeKey(members.merging(["MultiRegion": true]) { $1 })
    }

    private func replicate(_ key: String, to region: String = "eu-west-1") async throws {
        try await kms.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": region])
    }

    @Test func `are replicated with what they share, and with what is their own`() async throws {
        let key = try await makePrimary(["Description": "first", "Tags": [["TagKey": "a", "TagValue": "1"]]])
        #expect(key.hasPrefix("mrk-"))
        let answer = try await kms.call(
            "ReplicateKey",
            [
                "KeyId": key, "ReplicaRegion": "eu-west-1", "Description": "second",
                "Tags": [["TagKey": "b", "TagValue": "2"]],
            ]
        )
        let replica = try answer.object("ReplicaKeyMetadata")
        #expect(try replica.text("Arn") == kms.abroad.arn(key))
        #expect(try replica.text("Description") == "second")
        #expect(try replica.text("KeyState") == "Enabled")
        #expect(
            try answer.text("ReplicaPolicy")
                == (try await kms.call("GetKeyPolicy", ["KeyId": key]).text("Policy"))
        )
        #expect(try answer.objects("ReplicaTags").map { try $0.text("TagKey") } == ["b"])
        for side in [kms, kms.abroad] {
            let metadata = try await side.metadata(of: key)
            let configuration = try metadata.object("MultiRegionConfiguration")
            #expect(try configuration.object("PrimaryKey").text("Arn") == kms.arn(key))
            let replicas = try configuration.objects("ReplicaKeys").map { try $0.text("Arn") }
            #expect(replicas == [kms.abroad.arn(key)])
        }
        #expect(
            try await kms.metadata(of: key).text("CurrentKeyMaterialId")
                == kms.abroad.metadata(of: key).text("CurrentKeyMaterialId")
        )
        let ciphertext = try await kms.encrypt("text", under: key)
        #expect(try await kms.abroad.decrypt(ciphertext) == "text")
        try await kms.runDueTasks()
        let made = try kms.serviceEvents("CreateKey")
        #expect(try made.map { try $0.text("awsRegion") } == ["eu-west-1"])
        #expect(try kms.serviceEvents("SynchronizeMultiRegionKey").count == 1)
    }

    @Test(arguments: [
        ("RSA_2048", "SIGN_VERIFY"), ("ECC_NIST_P256", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC"),
    ])
    func `of every kind share their material`(_ spec: String, _ usage: String) async throws {
        let key = try await makePrimary(["KeySpec": spec, "KeyUsage": usage])
        try await replicate(key)
        if usage == "SIGN_VERIFY" {
            let here = try await kms.call("GetPublicKey", ["KeyId": key]).bytes("PublicKey")
            let there = try await kms.abroad.call("GetPublicKey", ["KeyId": key]).bytes("PublicKey")
            #expect(here == there)
        } else {
            let message = ["KeyId": key, "Message": "aGVsbG8=", "MacAlgorithm": "HMAC_SHA_256"]
            let here = try await kms.call("GenerateMac", message).bytes("Mac")
            let there = try await kms.abroad.call("GenerateMac", message).bytes("Mac")
            #expect(here == there)
        }
    }

    @Test func `are not replicated twice, from a replica, or without being multi-Region`() async throws {
        let key = try await makePrimary()
        try await replicate(key)
        let before = try await kms.records()
        #expect(
            try await kms.failure("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
                == "AlreadyExistsException: \(kms.abroad.arn(key)) already exists."
        )
        #expect(
            try await kms.failure("ReplicateKey", ["KeyId": key, "ReplicaRegion": "us-east-1"])
                == "AlreadyExistsException: \(kms.arn(key)) already exists."
        )
        #expect(
            try await kms.abroad.failure("ReplicateKey", ["KeyId": key, "ReplicaRegion": "ap-south-1"])
                == "UnsupportedOperationException: \(kms.abroad.arn(key)) is not a multi-region primary key."
        )
        #expect(
            try await kms.failure("ReplicateKey", ["KeyId": key, "ReplicaRegion": "sa-east-1"])
                == "ValidationException: The Region sa-east-1 is not one of this deployment."
        )
        #expect(try await kms.records() == before)
        let single = try await kms.makeKey()
        #expect(
            try await kms.failure("ReplicateKey", ["KeyId": single, "ReplicaRegion": "eu-west-1"])
                == "UnsupportedOperationException: \(kms.arn(single)) is not a multi-region primary key."
        )
    }

    @Test func `refuse a policy that locks the caller out of the replica, unless told not to`() async throws {
        let key = try await makePrimary()
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"#
            + #""Action":"kms:DescribeKey","Resource":"*"}]}"#
        var members: [String: Any] = ["KeyId": key, "ReplicaRegion": "eu-west-1", "Policy": policy]
        #expect(
            try await kms.failure("ReplicateKey", members)
                == "MalformedPolicyDocumentException: The new key policy will not allow you to update "
                + "the key policy in the future."
        )
        #expect(try await kms.abroad.code("DescribeKey", ["KeyId": key]) == "NotFoundException")
        members["BypassPolicyLockoutSafetyCheck"] = true
        #expect(try await kms.call("ReplicateKey", members).text("ReplicaPolicy").contains("DescribeKey"))
    }

    @Test func `need leave to create keys, and to tag them, besides that to replicate`() async throws {
        let key = try await makePrimary()
        let members: [String: Any] = ["KeyId": key, "ReplicaRegion": "eu-west-1"]
        let tagged = members.merging(["Tags": [["TagKey": "a", "TagValue": "1"]]]) { $1 }
        let bare = kms.asking(as: try KMSDeployment.user("alice", KMSDeployment.allowing("kms:ReplicateKey")))
        let refusal = try await bare.failure("ReplicateKey", members)
        #expect(refusal.hasPrefix("AccessDeniedException"))
        #expect(refusal.contains("kms:CreateKey"))
        let policy = KMSDeployment.allowing("kms:ReplicateKey", "kms:CreateKey", "kms:PutKeyPolicy")
        let creator = kms.asking(as: try KMSDeployment.user("alice", policy))
        #expect(try await creator.failure("ReplicateKey", tagged).contains("kms:TagResource"))
        #expect(try await creator.code("ReplicateKey", members) == "no error")
    }

    @Test func `can be bound to Regions by a policy`() async throws {
        let key = try await makePrimary()
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"},"#
            + #"{"Effect":"Deny","Action":"kms:ReplicateKey","Resource":"*","Condition":{"StringEquals":"#
            + #"{"kms:ReplicaRegion":"eu-west-1"}}},{"Effect":"Deny","Action":"kms:UpdatePrimaryRegion","#
            + #""Resource":"*","Condition":{"StringEquals":{"kms:PrimaryRegion":"ap-south-1"}}},"#
            + #"{"Effect":"Deny","Action":"kms:CreateKey","Resource":"*","Condition":{"StringEquals":"#
            + #"{"aws:RequestedRegion":"ap-south-1"}}}]}"#
        let alice = kms.asking(as: try KMSDeployment.user("alice", policy))
        #expect(
            try await alice.code("ReplicateKey", ["KeyId": key, "ReplicaRegion": "eu-west-1"])
                == "AccessDeniedException"
        )
        #expect(
            try await alice.code("ReplicateKey", ["KeyId": key, "ReplicaRegion": "ap-south-1"])
                == "AccessDeniedException"
        )
        try await replicate(key, to: "ap-south-1")
        #expect(
            try await alice.code("UpdatePrimaryRegion", ["KeyId": key, "PrimaryRegion": "ap-south-1"])
                == "AccessDeniedException"
        )
    }

    @Test func `rotate in all Regions at once, led by the primary`() async throws {
        let key = try await makePrimary()
        try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 90])
        try await replicate(key)
        try await kms.abroad.call("DisableKey", ["KeyId": key])
        let status = try await kms.abroad.call("GetKeyRotationStatus", ["KeyId": key])
        #expect(try status.flag("KeyRotationEnabled"))
        for operation in ["EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"] {
            #expect(
                try await kms.abroad.failure(operation, ["KeyId": key])
                    == "UnsupportedOperationException: \(kms.abroad.arn(key)) is not a multi-region "
                    + "primary key."
            )
        }
        kms.clock.advance(days: 90)
        #expect(try await kms.runDueTasks() == 1)
        try await kms.call("RotateKeyOnDemand", ["KeyId": key])
        let here = try await kms.materials(of: key).map { try $0.text("KeyMaterialId") }
        let there = try await kms.abroad.materials(of: key).map { try $0.text("KeyMaterialId") }
        #expect(here.count == 3)
        #expect(here == there)
        try await kms.abroad.call("EnableKey", ["KeyId": key])
        #expect(try await kms.decrypt(try await kms.abroad.encrypt("text", under: key)) == "text")
        try await kms.runDueTasks()
        let regions = try kms.serviceEvents("RotateKey").map { try $0.text("awsRegion") }
        #expect(regions.sorted() == ["eu-west-1", "eu-west-1", "us-east-1", "us-east-1"])
        try await kms.call("DisableKeyRotation", ["KeyId": key])
        let off = try await kms.abroad.call("GetKeyRotationStatus", ["KeyId": key])
        #expect(try !off.flag("KeyRotationEnabled"))
    }

    @Test func `exchange primary and replica, and the rotation goes with the primary`() async throws {
        let key = try await makePrimary()
        try await kms.call("EnableKeyRotation", ["KeyId": key, "RotationPeriodInDays": 90])
        try await replicate(key)
        let ciphertext = try await kms.encrypt("text", under: key)
        try await kms.call("UpdatePrimaryRegion", ["KeyId": key, "PrimaryRegion": "eu-west-1"])
        for side in [kms, kms.abroad] {
            let configuration = try await side.metadata(of: key).object("MultiRegionConfiguration")
            #expect(try configuration.object("PrimaryKey").text("Region") == "eu-west-1")
            let replicas = try configuration.objects("ReplicaKeys").map { try $0.text("Region") }
            #expect(replicas == ["us-east-1"])
            #expect(try await side.decrypt(ciphertext) == "text")
        }
        #expect(
            try await kms.code("RotateKeyOnDemand", ["KeyId": key]) == "UnsupportedOperationException"
        )
        try await kms.abroad.call("DisableKey", ["KeyId": key])
        kms.clock.advance(days: 90)
        #expect(try await kms.runDueTasks() == 0)
        try await kms.abroad.call("EnableKey", ["KeyId": key])
        #expect(try await kms.runDueTasks() == 1)
        #expect(try await kms.materials(of: key).count == 2)
        try await kms.abroad.call("ReplicateKey", ["KeyId": key, "ReplicaRegion": "ap-south-1"])
    }

    @Test func `refuse an exchange from a replica, with the same Region, or with none`() async throws {
        let key = try await makePrimary()
        let members: [String: Any] = ["KeyId": key, "PrimaryRegion": "eu-west-1"]
        #expect(
            try await kms.failure("UpdatePrimaryRegion", members)
                == "NotFoundException: Key '\(kms.abroad.arn(key))' does not exist"
        )
        try await replicate(key)
        try await replicate(key, to: "ap-south-1")
        #expect(
            try await kms.abroad.failure(
                "UpdatePrimaryRegion",
                ["KeyId": key, "PrimaryRegion": "ap-south-1"]
            )
                == "UnsupportedOperationException: \(kms.abroad.arn(key)) is not a multi-region primary key."
        )
        #expect(
            try await kms.code("UpdatePrimaryRegion", ["KeyId": key, "PrimaryRegion": "us-east-1"])
                == "ValidationException"
        )
        try await kms.abroad.call("DisableKey", ["KeyId": key])
        #expect(
            try await kms.failure("UpdatePrimaryRegion", members)
                == "DisabledException: \(kms.abroad.arn(key)) is disabled."
        )
    }

    @Test func `need leave on both keys for an exchange`() async throws {
        let key = try await makePrimary()
        try await replicate(key)
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"#
            + #""arn:aws:kms:us-east-1:*"}]}"#
        let alice = kms.asking(as: try KMSDeployment.user("alice", policy))
        let refusal = try await alice.failure(
            "UpdatePrimaryRegion",
            ["KeyId": key, "PrimaryRegion": "eu-west-1"]
        )
        #expect(refusal.hasPrefix("AccessDeniedException"))
        #expect(refusal.contains(kms.abroad.arn(key)))
    }
}
