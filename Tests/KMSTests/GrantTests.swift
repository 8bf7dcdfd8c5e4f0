import Foundation
import Operations
import OperationsTesting
import Testing

@Suite("Grants")
struct GrantTests {
    private let kms: KMSDeployment
    private let bob: KMSDeployment
    private let bobARN = "arn:aws:iam::111122223333:user/bob"

    init() throws {
        kms = try KMSDeployment()
        bob = kms.asking(as: try KMSDeployment.user("bob"))
    }

    private func grant(
        _ key: String,
        _ operations: [String],
        _ more: [String: Any] = [:]
    ) async throws -> Answer {
        let members: [String: Any] = [
            "KeyId": key, "GranteePrincipal": bobARN, "Operations": operations,
        ]
        return try await kms.call("CreateGrant", members.merging(more) { $1 })
    }

    @Test func `let their grantee do what they name and no more`() async throws {
        let key = try await kms.makeKey()
        let refused = try await bob.failure("Encrypt", ["KeyId": key, "Plaintext": "AAAA"])
        #expect(refused.hasPrefix("AccessDeniedException"))
        let answer = try await grant(key, ["Encrypt"])
        let blob = try await bob.call("Encrypt", ["KeyId": key, "Plaintext": "AAAA"]).text("CiphertextBlob")
        let decryption = try await bob.failure("Decrypt", ["CiphertextBlob": blob, "KeyId": key])
        #expect(decryption.hasPrefix("AccessDeniedException"))
        try await kms.call("RevokeGrant", ["KeyId": key, "GrantId": try answer.text("GrantId")])
        let afterwards = try await bob.failure("Encrypt", ["KeyId": key, "Plaintext": "AAAA"])
        #expect(afterwards.hasPrefix("AccessDeniedException"))
    }

    @Test(arguments: [
        ("EncryptionContextEquals", [["a": "1"]: true, ["a": "1", "b": "2"]: false, [:]: false]),
        ("EncryptionContextSubset", [["a": "1"]: true, ["a": "1", "b": "2"]: true, ["b": "2"]: false]),
    ]) func `are bound to the encryption context`(
        _ constraint: String,
        _ cases: [[String: String]: Bool]
    ) async throws {
        let key = try await kms.makeKey()
        _ = try await grant(key, ["Encrypt"], ["Constraints": [constraint: ["a": "1"]]])
        for (context, isAllowed) in cases {
            let reply = try await bob.reply(
                "Encrypt",
                ["KeyId": key, "Plaintext": "AAAA", "EncryptionContext": context]
            )
            #expect((reply.errorCode == nil) == isAllowed, "\(context)")
        }
    }

    @Test func `with the same name and content are one, with a fresh token each time`() async throws {
        let key = try await kms.makeKey()
        let first = try await grant(key, ["Encrypt"], ["Name": "n"])
        let second = try await grant(key, ["Encrypt"], ["Name": "n"])
        let other = try await grant(key, ["Decrypt"], ["Name": "n"])
        #expect(try first.text("GrantId") == (try second.text("GrantId")))
        #expect(try first.text("GrantToken") != (try second.text("GrantToken")))
        #expect(try first.text("GrantId") != (try other.text("GrantId")))
        let unnamed = try await grant(key, ["Encrypt"])
        #expect(try unnamed.text("GrantId") != (try first.text("GrantId")))
    }

    @Test func `are listed by pages and by grantee, never with their tokens`() async throws {
        let key = try await kms.makeKey()
        for _ in 0..<5 { _ = try await grant(key, ["Encrypt"], ["RetiringPrincipal": bobARN]) }
        var ids: [String] = []
        var members: [String: Any] = ["KeyId": key, "Limit": 2]
        while true {
            let page = try await kms.call("ListGrants", members)
            for listed in try page.objects("Grants") {
                ids.append(try listed.text("GrantId"))
                #expect(listed["GrantToken"] == nil)
            }
            guard try page.flag("Truncated") else { break }
            members["Marker"] = try page.text("NextMarker")
        }
        #expect(Set(ids).count == 5)
        let none = try await kms.call("ListGrants", ["KeyId": key, "GranteePrincipal": "nobody"])
        #expect(try none.objects("Grants").isEmpty)
        let retirable = try await kms.call("ListRetirableGrants", ["RetiringPrincipal": bobARN, "Limit": 3])
        #expect(try retirable.objects("Grants").count == 3)
        #expect(try retirable.flag("Truncated"))
    }

    @Test func `are retired by those they name, with token or id`() async throws {
        let key = try await kms.makeKey()
        let forGrantee = try await grant(key, ["Encrypt", "RetireGrant"])
        let forOther = try await grant(
            key,
            ["Encrypt"],
            ["RetiringPrincipal": "arn:aws:iam::111122223333:user/carol"]
        )
        let forNobody = try await grant(key, ["Encrypt"])
        let carol = kms.asking(as: try KMSDeployment.user("carol"))
        try await bob.call("RetireGrant", ["GrantToken": try forGrantee.text("GrantToken")])
        let token = try forOther.text("GrantToken")
        #expect(
            try await bob.failure("RetireGrant", ["GrantToken": token]).hasPrefix("AccessDeniedException")
        )
        try await carol.call(
            "RetireGrant",
            ["KeyId": kms.arn(key), "GrantId": try forOther.text("GrantId")]
        )
        let last = ["KeyId": kms.arn(key), "GrantId": try forNobody.text("GrantId")]
        #expect(try await bob.failure("RetireGrant", last).hasPrefix("AccessDeniedException"))
        try await kms.call("RetireGrant", last)
        #expect(try await kms.call("ListGrants", ["KeyId": key]).objects("Grants").isEmpty)
        #expect(try await kms.failure("RetireGrant", ["GrantToken": "AAAA"]) == "InvalidGrantTokenException")
    }

    @Test func `can be handed on only as they are or stricter`() async throws {
        let key = try await kms.makeKey()
        _ = try await grant(
            key,
            ["CreateGrant", "Encrypt"],
            ["Constraints": ["EncryptionContextSubset": ["a": "1"]]]
        )
        let carol = "arn:aws:iam::111122223333:user/carol"
        func child(_ operations: [String], _ constraints: [String: Any]?) -> [String: Any] {
            var members: [String: Any] = [
                "KeyId": key, "GranteePrincipal": carol, "Operations": operations,
            ]
            members["Constraints"] = constraints
            return members
        }
        let records = try await kms.records()
        for wider in [
            child(["Encrypt"], nil), child(["Decrypt"], ["EncryptionContextSubset": ["a": "1"]]),
            child(["Encrypt"], ["EncryptionContextEquals": ["b": "1"]]),
        ] {
            #expect(try await bob.failure("CreateGrant", wider).hasPrefix("AccessDeniedException"))
        }
        #expect(try await kms.records() == records)
        try await bob.call(
            "CreateGrant",
            child(["Encrypt"], ["EncryptionContextEquals": ["a": "1", "b": "2"]])
        )
    }

    @Test func `are refused when they do not suit the key or name nobody`() async throws {
        let key = try await kms.makeKey()
        let records = try await kms.records()
        func failure(_ more: [String: Any]) async throws -> String {
            let members: [String: Any] = [
                "KeyId": key, "GranteePrincipal": bobARN, "Operations": ["Encrypt"],
            ]
            return try await kms.failure("CreateGrant", members.merging(more) { $1 })
        }
        #expect(try await failure(["Operations": ["Sign"]]).hasPrefix("ValidationException"))
        #expect(try await failure(["GranteePrincipal": "bob"]) == "InvalidArnException: Invalid arn bob")
        #expect(
            try await failure(["GranteePrincipal": "arn:aws:iam::111122223333:user/nobody"])
                .hasPrefix("InvalidArnException")
        )
        #expect(
            try await failure(["DryRun": true])
                == "DryRunOperationException: The request would have succeeded, but the DryRun option is set."
        )
        #expect(try await kms.records() == records)
    }

    @Test(arguments: [
        ("s3.amazonaws.com", "kms:GranteeServicePrincipal", true),
        ("arn:aws:iam::111122223333:user/bob", "kms:GranteeServicePrincipal", false),
        ("s3.amazonaws.com", "kms:GranteePrincipal", true),
    ])
    func `are made under conditions on whom they are for`(
        _ grantee: String,
        _ condition: String,
        _ isAllowed: Bool
    ) async throws {
        let key = try await kms.makeKey()
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:CreateGrant","Resource":"*","#
            + #""Condition":{"StringEquals":{"\#(condition)":"s3.amazonaws.com"}}}]}"#
        let carol = kms.asking(as: try KMSDeployment.user("carol", policy))
        let reply = try await carol.reply(
            "CreateGrant",
            ["KeyId": key, "GranteePrincipal": grantee, "Operations": ["Encrypt"]]
        )
        #expect((reply.errorCode == nil) == isAllowed)
    }
}
