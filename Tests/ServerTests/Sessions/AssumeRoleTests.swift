import AWSProtocol
import Foundation
import Storage
import Testing

@testable import IAM
@testable import Server

@Suite("AssumeRole")
struct AssumeRoleTests {
    private let scene: SessionScene
    private let alice: Signer

    init() async throws {
        scene = try await SessionScene()
        alice = try await scene.user("alice", SessionScene.policy(SessionScene.statement("sts:*")))
    }

    private func refusal(
        _ role: String,
        _ members: [String: String] = [:],
        as signer: Signer? = nil
    ) async throws -> String? {
        let changes = try await scene.store.latestChange()
        let answer = try await scene.assumption(role, members, as: signer ?? alice)
        #expect(try await scene.store.latestChange() == changes)
        guard answer.status != 200 else { return nil }
        return "\(answer.failure ?? "?"): \(answer.message ?? "")"
    }

    private func denial(_ name: String, of action: String = "sts:AssumeRole", on role: String) -> String {
        "AccessDenied: User: arn:aws:iam::111122223333:user/\(name) is not authorized to perform: \(action) on "
            + "resource: arn:aws:iam::111122223333:role/\(role)"
    }

    @Test func `needs the trust policy and, unless that names the user, the user's own policy`() async throws
    {
        let bob = try await scene.user("bob")
        try await scene.role("account")
        try await scene.role(
            "bob",
            trust: SessionScene.trust(#"{"AWS":"arn:aws:iam::111122223333:user/bob"}"#)
        )
        #expect(try await refusal("account") == nil)
        #expect(try await refusal("account", as: bob) == denial("bob", on: "account"))
        #expect(try await refusal("bob", as: bob) == nil)
        #expect(try await refusal("bob") == denial("alice", on: "bob"))
    }

    @Test func `tells the same of a role that is not there`() async throws {
        #expect(try await refusal("nobody") == denial("alice", on: "nobody"))
        try await scene.role("deep", path: "/a/b/")
        #expect(try await refusal("deep") == denial("alice", on: "deep"))
        #expect(try await refusal("a/b/deep") == nil)
    }

    @Test func `across accounts needs both sides`() async throws {
        let other = try #require(AccountID("444455556666"))
        _ = try await scene.administration.createAccount(other, name: nil, at: scene.clock.now)
        let allowed = try await scene.user(
            "carol",
            SessionScene.policy(SessionScene.statement("sts:AssumeRole")),
            of: other
        )
        let bare = try await scene.user("dave", of: other)
        try await scene.role("open", trust: SessionScene.trust(#"{"AWS":["444455556666"]}"#))
        try await scene.role(
            "named",
            trust: SessionScene.trust(#"{"AWS":["arn:aws:iam::444455556666:user/dave"]}"#)
        )
        try await scene.role("own")
        #expect(try await refusal("open", as: allowed) == nil)
        #expect(try await refusal("open", as: bare)?.hasPrefix("AccessDenied: User: arn") == true)
        #expect(try await refusal("named", as: bare)?.hasPrefix("AccessDenied: User: arn") == true)
        #expect(try await refusal("own", as: allowed)?.hasPrefix("AccessDenied: User: arn") == true)
    }

    @Test func `honours a deny of either side`() async throws {
        let deny = #"{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}"#
        let eve = try await scene.user("eve", SessionScene.policy(SessionScene.statement("sts:*"), deny))
        try await scene.role(
            "eve",
            trust: SessionScene.trust(#"{"AWS":"arn:aws:iam::111122223333:user/eve"}"#)
        )
        #expect(try await refusal("eve", as: eve) == denial("eve", on: "eve"))
    }

    @Test func `is not for root users`() async throws {
        try await scene.role("app")
        let root = Signer(scene.root)
        #expect(
            try await refusal("app", as: root) == "AccessDenied: Roles may not be assumed by root accounts."
        )
    }

    @Test func `asks for the external id, the session's name and the source identity`() async throws {
        let condition =
            #"{"StringEquals":{"sts:ExternalId":"secret-42"},"StringLike":{"sts:RoleSessionName":"ci-*"},"#
            + #""StringEqualsIfExists":{"sts:SourceIdentity":["carol"]}}"#
        let principal = #"{"AWS":"111122223333"}"#
        try await scene.role("strict", trust: SessionScene.trust(principal, #""sts:*""#, condition))
        let right = ["ExternalId": "secret-42", "RoleSessionName": "ci-1"]
        #expect(try await refusal("strict", right) == nil)
        for change in [
            ["ExternalId": "secret-43"], ["RoleSessionName": "x-1"], ["SourceIdentity": "mallory"],
        ] {
            #expect(
                try await refusal("strict", right.merging(change) { $1 }) == denial("alice", on: "strict")
            )
        }
        #expect(try await refusal("strict", ["RoleSessionName": "ci-1"]) == denial("alice", on: "strict"))
        #expect(try await refusal("strict", right.merging(["SourceIdentity": "carol"]) { $1 }) == nil)
    }

    @Test func `with tags or a source identity needs permissions for them`() async throws {
        try await scene.role(
            "plain",
            trust: SessionScene.trust(#"{"AWS":"111122223333"}"#, #""sts:AssumeRole""#)
        )
        let tags = ["Tags.member.1.Key": "team", "Tags.member.1.Value": "blue"]
        #expect(try await refusal("plain") == nil)
        #expect(try await refusal("plain", tags) == denial("alice", of: "sts:TagSession", on: "plain"))
        #expect(
            try await refusal("plain", ["SourceIdentity": "carol"])
                == denial("alice", of: "sts:SetSourceIdentity", on: "plain")
        )
        let condition =
            #"{"StringEquals":{"aws:RequestTag/team":"blue"},"#
            + #""ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#
        try await scene.role(
            "tagged",
            trust: SessionScene.trust(#"{"AWS":"111122223333"}"#, #""sts:*""#, condition)
        )
        #expect(try await refusal("tagged", tags) == nil)
        #expect(try await refusal("tagged", tags.merging(["Tags.member.1.Value": "red"]) { $1 }) != nil)
    }

    @Test func `bounds the session by its policies`() async throws {
        try await scene.role("app")
        let policy = SessionScene.policy(SessionScene.statement("kms:ListKeys"))
        let session = try await scene.assume("app", ["Policy": policy], as: alice)
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        let refusal = try await scene.kms("ListAliases", as: session)
        #expect(
            refusal.message?.contains("because no session policy allows the kms:ListAliases action") == true
        )
        let wide = try await scene.assume(
            "app",
            ["PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/AdministratorAccess"],
            as: alice
        )
        #expect(try await scene.kms("ListAliases", as: wide).status == 200)
    }

    @Test(arguments: [
        (["RoleArn": "nonsense-of-some-length"], "ValidationError: nonsense-of-some-length is invalid"),
        (
            ["RoleArn": "arn:aws:iam::111122223333:user/alice"],
            "ValidationError: arn:aws:iam::111122223333:user/alice is invalid"
        ),
        (
            ["RoleSessionName": "Session1:2"],
            "ValidationError: 1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to "
                + "satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
        ),
        (
            ["DurationSeconds": "899"],
            "ValidationError: 1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy "
                + "constraint: Member must have value greater than or equal to 900"
        ),
        (
            ["DurationSeconds": "3601"],
            "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        ),
        (
            ["TransitiveTagKeys.member.1": "team"],
            "InvalidParameterValue: The specified transitive tag key must be included in the requested tags."
        ),
        (
            [
                "Tags.member.1.Key": "a", "Tags.member.1.Value": "1", "Tags.member.2.Key": "A",
                "Tags.member.2.Value": "2",
            ],
            "InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case insensitive."
        ),
        (
            ["SerialNumber": "GAHT12345678", "TokenCode": "123456"],
            "AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code."
        ),
        (
            ["PolicyArns.member.1.arn": "arn:aws:iam::111122223333:policy/nothing"],
            "ValidationError: Policy arn:aws:iam::111122223333:policy/nothing does not exist or is not attachable."
        ),
        (
            ["Policy": "{}"],
            "MalformedPolicyDocument: The policy has a statement or document without Statement."
        ),
    ])
    func `refuses what cannot be`(_ members: [String: String], _ expected: String) async throws {
        try await scene.role("app")
        #expect(try await refusal("app", members) == expected)
    }

    @Test func `refuses policies and tags that take too much room`() async throws {
        try await scene.role("app")
        var members: [String: String] = [:]
        for index in 1...20 {
            members["Tags.member.\(index).Key"] = "key-\(index)"
            members["Tags.member.\(index).Value"] = String(repeating: "x", count: 250)
        }
        #expect(
            try await refusal("app", members)
                == "PackedPolicyTooLarge: Packed policy consumes 126% of allotted space, please use smaller policy."
        )
    }
}
