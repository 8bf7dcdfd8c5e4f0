import Foundation
import OperationsTesting
import Testing

@Suite("CreateKey, DescribeKey, ListKeys, EnableKey, DisableKey, UpdateKeyDescription")
struct KeyTests {
    private let kms: KMSDeployment

    init() throws {
        kms = try KMSDeployment()
    }

    @Test func `makes a symmetric key unless told otherwise`() async throws {
        let metadata = try await kms.call("CreateKey", ["Description": "master key"]).object("KeyMetadata")
        #expect(try metadata.text("KeySpec") == "SYMMETRIC_DEFAULT")
        #expect(try metadata.text("KeyUsage") == "ENCRYPT_DECRYPT")
        #expect(try metadata.text("KeyState") == "Enabled")
        #expect(try metadata.text("KeyManager") == "CUSTOMER")
        #expect(try metadata.text("Origin") == "AWS_KMS")
        #expect(try metadata.text("Description") == "master key")
        #expect(try metadata.texts("EncryptionAlgorithms") == ["SYMMETRIC_DEFAULT"])
        #expect(try metadata.text("CurrentKeyMaterialId").count == 64)
        #expect(try metadata.flag("Enabled"))
        #expect(try !metadata.flag("MultiRegion"))
        let key = try metadata.text("KeyId")
        #expect(try metadata.text("Arn") == kms.arn(key))
        for name in [key, kms.arn(key)] {
            let described = try await kms.call("DescribeKey", ["KeyId": name]).object("KeyMetadata")
            #expect(try described.text("KeyId") == key)
        }
    }

    @Test(arguments: [
        (
            ["KeySpec": "RSA_2048"],
            "ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric "
                + "encryption keys."
        ),
        (
            ["KeySpec": "RSA_2048", "KeyUsage": "KEY_AGREEMENT"],
            "ValidationException: KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048"
        ),
        (
            ["KeySpec": "SYMMETRIC_DEFAULT", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT"],
            "ValidationException: You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
                + "CustomerMasterKeySpec is deprecated."
        ),
        (
            ["Origin": "AWS_CLOUDHSM"],
            "UnsupportedOperationException: Custom key stores are not supported by this deployment."
        ),
        (
            ["Policy": "{}"],
            "MalformedPolicyDocumentException: The policy has a statement or document without Statement."
        ),
    ]) func `refuses what does not fit, and makes nothing`(
        _ members: [String: String],
        _ expected: String
    ) async throws {
        let records = try await kms.records()
        #expect(try await kms.failure("CreateKey", members) == expected)
        #expect(try await kms.records() == records)
    }

    @Test(arguments: [
        ("134f2428cec14b25a1ae9048164dba47", "Invalid keyId '134f2428cec14b25a1ae9048164dba47'"),
        ("fake-key-id", "Invalid keyId 'fake-key-id'"),
        ("mrk-fake-key-id", "Invalid keyId 'mrk-fake-key-id'"),
        (
            "00000000-0000-4000-8000-000000000000",
            "Key 'arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000' does not exist"
        ),
        ("arn:aws:kms:eu-west-1:111122223333:key/x", "Invalid arn eu-west-1"),
        ("alias/none", "Alias arn:aws:kms:us-east-1:111122223333:alias/none is not found."),
    ]) func `says which identifier names no key`(_ key: String, _ message: String) async throws {
        #expect(try await kms.failure("DescribeKey", ["KeyId": key]) == "NotFoundException: \(message)")
    }

    @Test func `tells the absence of a key only to those who may use it`() async throws {
        let unknown = "00000000-0000-4000-8000-000000000000"
        let bob = kms.asking(as: try KMSDeployment.user("bob"))
        #expect(
            try await bob.failure("DescribeKey", ["KeyId": unknown])
                == "AccessDeniedException: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: "
                + "kms:DescribeKey on resource: \(kms.arn(unknown)) "
                + "because no identity-based policy allows the kms:DescribeKey action"
        )
    }

    @Test func `enables and disables, as often as asked`() async throws {
        let key = try await kms.makeKey()
        for (operation, state) in [
            ("DisableKey", "Disabled"), ("DisableKey", "Disabled"), ("EnableKey", "Enabled"),
            ("EnableKey", "Enabled"),
        ] {
            try await kms.call(operation, ["KeyId": key])
            #expect(try await kms.state(of: key) == state)
        }
    }

    @Test(arguments: ["EnableKey", "DisableKey"])
    func `refuses a key that is to be deleted`(_ operation: String) async throws {
        let key = try await kms.makeKey()
        try await kms.call("ScheduleKeyDeletion", ["KeyId": key, "PendingWindowInDays": 7])
        let records = try await kms.records()
        #expect(
            try await kms.failure(operation, ["KeyId": key])
                == "KMSInvalidStateException: \(kms.arn(key)) is pending deletion."
        )
        #expect(try await kms.records() == records)
    }

    @Test(arguments: ["EnableKey", "DisableKey"])
    func `refuses a key without its imported material`(_ operation: String) async throws {
        let key = try await kms.makeKey(["Origin": "EXTERNAL"])
        #expect(
            try await kms.failure(operation, ["KeyId": key])
                == "KMSInvalidStateException: \(kms.arn(key)) is pending import."
        )
    }

    @Test func `takes only a key's id or ARN for its management`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("CreateAlias", ["AliasName": "alias/k", "TargetKeyId": key])
        #expect(
            try await kms.failure("DisableKey", ["KeyId": "alias/k"])
                == "NotFoundException: Invalid keyId 'alias/k'"
        )
    }

    @Test func `changes the description`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("UpdateKeyDescription", ["KeyId": key, "Description": "new"])
        let metadata = try await kms.call("DescribeKey", ["KeyId": key]).object("KeyMetadata")
        #expect(try metadata.text("Description") == "new")
    }

    @Test func `lists all keys of the account in the Region, by pages`() async throws {
        var made: Set<String> = []
        for _ in 0..<7 { made.insert(try await kms.makeKey()) }
        _ = try await kms.asking(as: kms.caller, in: "eu-west-1").makeKey()
        var listed: [String] = []
        var members: [String: Any] = ["Limit": 3]
        while true {
            let page = try await kms.call("ListKeys", members)
            listed += try page.objects("Keys").map { try $0.text("KeyId") }
            guard try page.flag("Truncated") else { break }
            members["Marker"] = try page.text("NextMarker")
        }
        #expect(listed.count == 7)
        #expect(Set(listed) == made)
    }

    @Test func `refuses a marker that this list did not give`() async throws {
        for _ in 0..<2 { _ = try await kms.makeKey() }
        let marker = try await kms.call("ListKeys", ["Limit": 1]).text("NextMarker")
        for (operation, text) in [("ListKeys", "AAAA"), ("ListAliases", marker)] {
            #expect(try await kms.failure(operation, ["Marker": text]) == "InvalidMarkerException")
        }
    }

    @Test func `makes the key of a predefined alias on first use, once`() async throws {
        let first = try await kms.call("DescribeKey", ["KeyId": "alias/aws/s3"]).object("KeyMetadata")
        let second = try await kms.call("DescribeKey", ["KeyId": "alias/aws/s3"]).object("KeyMetadata")
        #expect(try first.text("KeyManager") == "AWS")
        #expect(try first.text("KeyId") == (try second.text("KeyId")))
        let failure = try await kms.failure(
            "ScheduleKeyDeletion",
            ["KeyId": try first.text("KeyId"), "PendingWindowInDays": 7]
        )
        #expect(failure.hasPrefix("AccessDeniedException"))
        #expect(
            try await kms.failure("DescribeKey", ["KeyId": "alias/aws/none"]).hasPrefix("NotFoundException")
        )
    }
}
