import Foundation
import OperationsTesting
import Testing

@Suite("Aliases")
struct AliasTests {
    private let kms: KMSDeployment

    init() throws {
        kms = try KMSDeployment()
    }

    @Test func `name a key in every form that cryptographic operations take`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("CreateAlias", ["AliasName": "alias/orders", "TargetKeyId": key])
        for name in ["alias/orders", "arn:aws:kms:us-east-1:111122223333:alias/orders"] {
            let answer = try await kms.call("Encrypt", ["KeyId": name, "Plaintext": "AAAA"])
            #expect(try answer.text("KeyId") == kms.arn(key))
        }
    }

    @Test(arguments: [
        (
            "orders",
            #"ValidationException: Alias must start with the prefix "alias/". Please see "#
                + "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
        ),
        (
            "alias/my:alias", "ValidationException: alias/my:alias contains invalid characters for an alias"
        ),
        (
            "alias/my alias",
            "ValidationException: 1 validation error detected: Value 'alias/my alias' at 'aliasName' failed to "
                + "satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"
        ),
        (
            "alias/aws/mine",
            "InvalidAliasNameException: Aliases that begin with alias/aws/ are reserved for AWS managed keys"
        ),
    ]) func `have names of a certain form`(_ name: String, _ expected: String) async throws {
        let key = try await kms.makeKey()
        let records = try await kms.records()
        #expect(
            try await kms.failure("CreateAlias", ["AliasName": name, "TargetKeyId": key]) == expected
        )
        #expect(try await kms.records() == records)
    }

    @Test func `are unique and point to keys`() async throws {
        let key = try await kms.makeKey()
        try await kms.call("CreateAlias", ["AliasName": "alias/a", "TargetKeyId": key])
        #expect(
            try await kms.failure("CreateAlias", ["AliasName": "alias/a", "TargetKeyId": key])
                == "AlreadyExistsException: An alias with the name "
                + "arn:aws:kms:us-east-1:111122223333:alias/a already exists"
        )
        #expect(
            try await kms.failure("CreateAlias", ["AliasName": "alias/b", "TargetKeyId": "alias/a"])
                == "ValidationException: Aliases must refer to keys. Not aliases"
        )
    }

    @Test func `move to keys of the same kind alone`() async throws {
        let (old, new) = (try await kms.makeKey(), try await kms.makeKey())
        let signing = try await kms.makeKey(["KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"])
        let rsa = try await kms.makeKey(["KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"])
        try await kms.call("CreateAlias", ["AliasName": "alias/a", "TargetKeyId": old])
        try await kms.call("UpdateAlias", ["AliasName": "alias/a", "TargetKeyId": new])
        let metadata = try await kms.call("DescribeKey", ["KeyId": "alias/a"]).object("KeyMetadata")
        #expect(try metadata.text("KeyId") == new)
        let alias = "arn:aws:kms:us-east-1:111122223333:alias/a"
        #expect(
            try await kms.failure("UpdateAlias", ["AliasName": "alias/a", "TargetKeyId": signing])
                == "ValidationException: Alias \(alias) cannot be changed from a CMK with key usage "
                + "ENCRYPT_DECRYPT to a CMK with key usage SIGN_VERIFY. The key usage of the current CMK and the "
                + "new CMK must be the same."
        )
        #expect(
            try await kms.failure("UpdateAlias", ["AliasName": "alias/a", "TargetKeyId": rsa])
                .contains("key type SYMMETRIC to a CMK with key type ASYMMETRIC")
        )
        try await kms.call("DeleteAlias", ["AliasName": "alias/a"])
        #expect(
            try await kms.failure("DeleteAlias", ["AliasName": "alias/a"])
                == "NotFoundException: Alias \(alias) is not found."
        )
    }

    @Test func `are listed with the predefined ones, by pages, or for one key`() async throws {
        let key = try await kms.makeKey()
        for name in ["alias/a", "alias/zz", "alias/m"] {
            try await kms.call("CreateAlias", ["AliasName": name, "TargetKeyId": key])
        }
        var names: [String] = []
        var members: [String: Any] = ["Limit": 4]
        while true {
            let page = try await kms.call("ListAliases", members)
            names += try page.objects("Aliases").map { try $0.text("AliasName") }
            guard try page.flag("Truncated") else { break }
            members["Marker"] = try page.text("NextMarker")
        }
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
        #expect(Set(["alias/a", "alias/m", "alias/zz", "alias/aws/s3"]).isSubset(of: names))
        let own = try await kms.call("ListAliases", ["KeyId": key]).objects("Aliases")
        #expect(try own.map { try $0.text("AliasName") } == ["alias/a", "alias/m", "alias/zz"])
        #expect(try own[0].text("TargetKeyId") == key)
        #expect(
            try await kms.failure("ListAliases", ["Limit": 101])
                == "ValidationException: 1 validation error detected: Value '101' at 'limit' failed to satisfy "
                + "constraint: Member must have value less than or equal to 100"
        )
    }

    @Test func `need permission on alias and key`() async throws {
        let key = try await kms.makeKey()
        let policy = #"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:CreateAlias",
             "Resource":"arn:aws:kms:*:*:alias/*"}]}
            """#
        let bob = kms.asking(as: try KMSDeployment.user("bob", policy))
        let records = try await kms.records()
        #expect(
            try await bob.failure("CreateAlias", ["AliasName": "alias/a", "TargetKeyId": key])
                .contains("kms:CreateAlias on resource: \(kms.arn(key))")
        )
        #expect(try await kms.records() == records)
    }
}

@Suite("Tags")
struct TagTests {
    private let kms: KMSDeployment

    init() throws {
        kms = try KMSDeployment()
    }

    private func tags(_ pairs: [(String, String)]) -> [[String: String]] {
        pairs.map { ["TagKey": $0.0, "TagValue": $0.1] }
    }

    @Test func `are set, changed, listed by pages and removed`() async throws {
        let key = try await kms.makeKey(["Tags": tags([("a", "1"), ("b", "2")])])
        try await kms.call("TagResource", ["KeyId": key, "Tags": tags([("b", "3"), ("c", "4")])])
        var listed: [String] = []
        var members: [String: Any] = ["KeyId": key, "Limit": 2]
        while true {
            let page = try await kms.call("ListResourceTags", members)
            listed += try page.objects("Tags").map { "\(try $0.text("TagKey"))=\(try $0.text("TagValue"))" }
            guard try page.flag("Truncated") else { break }
            members["Marker"] = try page.text("NextMarker")
        }
        #expect(listed == ["a=1", "b=3", "c=4"])
        try await kms.call("UntagResource", ["KeyId": key, "TagKeys": ["a", "unknown"]])
        let left = try await kms.call("ListResourceTags", ["KeyId": key]).objects("Tags")
        #expect(try left.map { try $0.text("TagKey") } == ["b", "c"])
    }

    @Test func `are refused when reserved, doubled or too many`() async throws {
        let key = try await kms.makeKey()
        let records = try await kms.records()
        for (list, message) in [
            (tags([("AWS:x", "1")]), "Tags beginning with aws: are reserved"),
            (tags([("a", "1"), ("a", "2")]), "Duplicate tag keys"),
            (tags((0...50).map { ("k\($0)", "") }), "Too many tags"),
        ] {
            let expected = "TagException: \(message)"
            #expect(try await kms.failure("TagResource", ["KeyId": key, "Tags": list]) == expected)
            #expect(try await kms.failure("CreateKey", ["Tags": list]) == expected)
        }
        #expect(try await kms.records() == records)
    }

    @Test func `decide with conditions on them`() async throws {
        let key = try await kms.makeKey(["Tags": tags([("team", "red")])])
        let policy = #"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*",
             "Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}}]}
            """#
        let bob = kms.asking(as: try KMSDeployment.user("bob", policy))
        #expect(
            try await bob.failure("Encrypt", ["KeyId": key, "Plaintext": "AAAA"])
                .hasPrefix("AccessDeniedException")
        )
        try await kms.call("TagResource", ["KeyId": key, "Tags": tags([("team", "blue")])])
        try await bob.call("Encrypt", ["KeyId": key, "Plaintext": "AAAA"])
    }
}
