import Foundation
import Operations
import OperationsTesting
import Testing

@Suite("Key policies")
struct PolicyTests {
    private let kms: KMSDeployment

    init() throws {
        kms = try KMSDeployment()
    }

    private func policy(_ statements: String...) -> String {
        #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
    }

    private let admin =
        #"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}"#

    private func statement(_ effect: String, _ user: String, _ action: String, _ more: String = "") -> String
    {
        #"{"Effect":"\#(effect)","Principal":{"AWS":"arn:aws:iam::111122223333:user/\#(user)"},"#
            + #""Action":"\#(action)","Resource":"*"\#(more)}"#
    }

    @Test func `give the account control by default, in the text AWS uses`() async throws {
        let key = try await kms.makeKey()
        let answer = try await kms.call("GetKeyPolicy", ["KeyId": key])
        #expect(try answer.text("PolicyName") == "default")
        #expect(
            try answer.text("Policy")
                == #"{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User "#
                + #"Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"#
                + #""Action":"kms:*","Resource":"*"}]}"#
        )
        #expect(try await kms.call("ListKeyPolicies", ["KeyId": key]).texts("PolicyNames") == ["default"])
    }

    @Test func `decide from the moment they are put`() async throws {
        let key = try await kms.makeKey()
        let bob = kms.asking(as: try KMSDeployment.user("bob"))
        let members: [String: Any] = ["KeyId": key, "Plaintext": "AAAA"]
        #expect(try await bob.failure("Encrypt", members).contains("no identity-based policy allows"))
        try await kms.call(
            "PutKeyPolicy",
            ["KeyId": key, "Policy": policy(admin, statement("Allow", "bob", "kms:Encrypt"))]
        )
        try await bob.call("Encrypt", members)
        try await kms.call(
            "PutKeyPolicy",
            [
                "KeyId": key,
                "Policy": policy(
                    admin,
                    statement("Allow", "bob", "kms:*"),
                    statement("Deny", "bob", "kms:Encrypt")
                ),
            ]
        )
        #expect(
            try await bob.failure("Encrypt", members)
                == "AccessDeniedException: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: "
                + "kms:Encrypt on resource: \(kms.arn(key)) with an explicit deny in a resource-based policy"
        )
    }

    @Test func `never lock out whoever puts them, unless told to`() async throws {
        let key = try await kms.makeKey()
        let records = try await kms.records()
        let lockout = policy(statement("Allow", "bob", "kms:*"))
        #expect(
            try await kms.failure("PutKeyPolicy", ["KeyId": key, "Policy": lockout])
                == "MalformedPolicyDocumentException: The new key policy will not allow you to update the key "
                + "policy in the future."
        )
        #expect(try await kms.records() == records)
        try await kms.call(
            "PutKeyPolicy",
            ["KeyId": key, "Policy": lockout, "BypassPolicyLockoutSafetyCheck": true]
        )
        #expect(try await kms.failure("GetKeyPolicy", ["KeyId": key]).hasPrefix("AccessDeniedException"))
    }

    @Test func `come with the standard one for whoever may make keys and no more`() async throws {
        let carol = kms.asking(as: try KMSDeployment.user("carol", KMSDeployment.allowing("kms:CreateKey")))
        let key = try await carol.call("CreateKey").object("KeyMetadata").text("KeyId")
        let text = try await kms.call("GetKeyPolicy", ["KeyId": key]).text("Policy")
        #expect(text.contains("arn:aws:iam::111122223333:root"))
        // One that was given is checked, even when it says the same.
        let records = try await kms.records()
        #expect(
            try await carol.failure("CreateKey", ["Policy": text])
                == "MalformedPolicyDocumentException: The new key policy will not allow you to update the key "
                + "policy in the future."
        )
        #expect(try await kms.records() == records)
    }

    @Test func `name principals that exist`() async throws {
        let key = try await kms.makeKey()
        for principal in ["user/nobody", "role/none"] {
            let unknown =
                #"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:\#(principal)"},"#
                + #""Action":"kms:Encrypt","Resource":"*"}"#
            #expect(
                try await kms.failure("PutKeyPolicy", ["KeyId": key, "Policy": policy(admin, unknown)])
                    == "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid "
                    + "principals."
            )
        }
    }

    @Test(arguments: ["", "{", "[]", #"{"Statement":1}"#, #"{"Version":"2020-01-01","Statement":[]}"#])
    func `are refused when they are none`(_ text: String) async throws {
        let key = try await kms.makeKey()
        let records = try await kms.records()
        let failure = try await kms.failure("PutKeyPolicy", ["KeyId": key, "Policy": text])
        #expect(failure.hasPrefix(text.isEmpty ? "ValidationException" : "MalformedPolicyDocumentException"))
        #expect(try await kms.records() == records)
    }

    @Test func `are no longer than 32 KB and have one name`() async throws {
        let key = try await kms.makeKey()
        let long = policy(admin) + String(repeating: " ", count: 32_768)
        #expect(
            try await kms.failure("PutKeyPolicy", ["KeyId": key, "Policy": long])
                .hasPrefix("LimitExceededException")
        )
        for operation in ["GetKeyPolicy", "PutKeyPolicy"] {
            #expect(
                try await kms.failure(
                    operation,
                    ["KeyId": key, "PolicyName": "other", "Policy": policy(admin)]
                )
                .hasPrefix("ValidationException")
            )
        }
    }

    @Test func `show a principal of all as an object`() async throws {
        let key = try await kms.makeKey()
        let open = #"{"Effect":"Allow","Principal" : "*","Action":"kms:Encrypt","Resource":"*"}"#
        try await kms.call("PutKeyPolicy", ["KeyId": key, "Policy": policy(admin, open)])
        let text = try await kms.call("GetKeyPolicy", ["KeyId": key]).text("Policy")
        #expect(text.contains(#""Principal" : {"AWS":"*"}"#))
    }

    @Test(arguments: [
        (#"{"StringEquals":{"kms:EncryptionContext:App":"a"}}"#, true),
        (#"{"StringEquals":{"kms:EncryptionContext:app":"b"}}"#, false),
        (#"{"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["app"]}}"#, true),
        (#"{"StringEquals":{"kms:CallerAccount":"111122223333"}}"#, true),
        (#"{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}"#, false),
        (#"{"StringEquals":{"kms:EncryptionAlgorithm":"SYMMETRIC_DEFAULT"}}"#, true),
        (#"{"StringEquals":{"kms:KeySpec":"SYMMETRIC_DEFAULT","kms:KeyOrigin":"AWS_KMS"}}"#, true),
        (#"{"Bool":{"kms:MultiRegion":"true"}}"#, false),
        (#"{"StringEquals":{"kms:RequestAlias":"alias/a"}}"#, false),
        (#"{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}"#, true),
        (#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, false),
        (#"{"Bool":{"aws:SecureTransport":"false"}}"#, true),
    ]) func `decide by conditions`(_ condition: String, _ isAllowed: Bool) async throws {
        let key = try await kms.makeKey([
            "Policy": policy(admin, statement("Allow", "bob", "kms:Encrypt", #","Condition":\#(condition)"#))
        ])
        let bob = kms.asking(as: try KMSDeployment.user("bob"))
        let reply = try await bob.reply(
            "Encrypt",
            ["KeyId": key, "Plaintext": "AAAA", "EncryptionContext": ["app": "a"]]
        )
        #expect((reply.errorCode == nil) == isAllowed)
    }

    @Test func `let other accounts in only when both sides allow`() async throws {
        let foreign =
            #"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"#
            + #""Action":["kms:Encrypt","kms:DisableKey"],"Resource":"*"}"#
        let open = try await kms.makeKey(["Policy": policy(admin, foreign)])
        let closed = try await kms.makeKey()
        let account = KMSDeployment.otherAccount
        let allowed = kms.asking(
            as: try KMSDeployment.user("alice", account: account, KMSDeployment.allowing("kms:*"))
        )
        let powerless = kms.asking(as: try KMSDeployment.user("bob", account: account))
        try await allowed.call("Encrypt", ["KeyId": kms.arn(open), "Plaintext": "AAAA"])
        #expect(
            try await allowed.failure("Encrypt", ["KeyId": kms.arn(closed), "Plaintext": "AAAA"])
                .contains("because no resource-based policy allows the kms:Encrypt action")
        )
        #expect(
            try await powerless.failure("Encrypt", ["KeyId": kms.arn(open), "Plaintext": "AAAA"])
                .contains("because no identity-based policy allows the kms:Encrypt action")
        )
        #expect(
            try await allowed.failure("DisableKey", ["KeyId": kms.arn(open)])
                .hasPrefix("AccessDeniedException")
        )
    }
}
