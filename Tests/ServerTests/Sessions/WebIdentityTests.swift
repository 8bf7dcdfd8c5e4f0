import AWSProtocol
import Foundation
import Operations
import Testing

@testable import IAM
@testable import Server

@Suite("AssumeRoleWithWebIdentity")
struct WebIdentityTests {
    private let scene: SessionScene
    private static let subject = "system:serviceaccount:shop:orders"

    init() async throws {
        scene = try await SessionScene()
        try await scene.provider()
        try await scene.role("pod", trust: trust())
    }

    private func trust(
        _ condition: String =
            #"{"StringEquals":{"idp.example.com/tenant:sub":"system:serviceaccount:shop:orders","#
            + #""idp.example.com/tenant:aud":"sts.amazonaws.com"}}"#,
        actions: String = #""sts:AssumeRoleWithWebIdentity""#
    ) -> String {
        SessionScene.trust(
            #"{"Federated":"arn:aws:iam::111122223333:oidc-provider/idp.example.com/tenant"}"#,
            actions,
            condition
        )
    }

    private func answer(
        _ changes: [String: String?] = [:],
        _ members: [String: String] = [:],
        role: String = "pod"
    ) async throws -> Answer {
        let defaults = [
            "RoleArn": scene.arn(role), "RoleSessionName": "orders-1",
            "WebIdentityToken": try scene.documents.token(at: scene.clock.now, changes),
        ]
        return try await scene.sts(
            "AssumeRoleWithWebIdentity",
            defaults.merging(members) { $1 },
            as: nil
        )
    }

    private func refusal(
        _ changes: [String: String?] = [:],
        _ members: [String: String] = [:],
        role: String = "pod"
    ) async throws -> String? {
        let answer = try await answer(changes, members, role: role)
        return answer.status == 200
            ? nil : "\(answer.status) \(answer.failure ?? ""): \(answer.message ?? "")"
    }

    private let denied = "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"

    @Test func `gives a service account the role that trusts it`() async throws {
        let answer = try await answer()
        #expect(answer.element("SubjectFromWebIdentityToken") == Self.subject)
        #expect(answer.element("Audience") == "sts.amazonaws.com")
        #expect(
            answer.element("Provider")
                == "arn:aws:iam::111122223333:oidc-provider/idp.example.com/tenant"
        )
        let session = try Signer(answer)
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        let identity = try await scene.sts("GetCallerIdentity", as: session)
        #expect(identity.element("Arn") == "arn:aws:sts::111122223333:assumed-role/pod/orders-1")
    }

    @Test func `holds claims against the trust policy`() async throws {
        #expect(try await refusal(["sub": #""system:serviceaccount:shop:billing""#]) == denied)
        try await scene.role(
            "other",
            trust: trust(#"{"StringLike":{"idp.example.com/tenant:sub":"*:billing"}}"#)
        )
        #expect(try await refusal(role: "other") == denied)
        #expect(try await refusal(role: "nobody") == denied)
        try await scene.role("own")
        #expect(try await refusal(role: "own") == denied)
    }

    @Test func `holds methods, party and provider against the trust policy`() async throws {
        let condition =
            #"{"ForAnyValue:StringEquals":{"idp.example.com/tenant:amr":"mfa"},"#
            + #""StringEquals":{"aws:FederatedProvider":"arn:aws:iam::111122223333:oidc-provider/idp.example.com/tenant"}}"#
        try await scene.role("strong", trust: trust(condition))
        #expect(try await refusal(["amr": #"["pwd","mfa"]"#], role: "strong") == nil)
        #expect(try await refusal(["amr": #"["pwd"]"#], role: "strong") == denied)
        #expect(try await refusal(role: "strong") == denied)
    }

    @Test func `knows only providers of the role's account`() async throws {
        #expect(
            try await refusal(["iss": #""https://evil.example.com""#])
                == "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for "
                + "https://evil.example.com"
        )
        #expect(
            try await refusal(["iss": #""http://idp.example.com/tenant""#])?.hasPrefix(
                "400 InvalidIdentityToken: No OpenIDConnect provider found"
            ) == true
        )
    }

    @Test(
        arguments: [
            (["aud": #""elsewhere""#], "400 InvalidIdentityToken: Incorrect token audience"),
            (["iss": nil], "400 InvalidIdentityToken: Missing a required claim: iss"),
            (["sub": nil], "400 InvalidIdentityToken: Missing a required claim: sub"),
            (["sub": "1"], "400 InvalidIdentityToken: Missing a required claim: sub"),
            (
                ["exp": "1795000000"],
                "400 ExpiredTokenException: Token expired: current date/time 1795000000 must be before the "
                    + "expiration date/time 1795000000"
            ),
            (
                ["nbf": "1795000100"],
                "400 InvalidIdentityToken: The ID Token is not yet valid: its claim nbf lies in the future."
            ),
        ] as [([String: String?], String)]
    )
    func `refuses tokens whose claims are wrong`(_ changes: [String: String?], _ expected: String)
        async throws
    {
        #expect(try await refusal(changes) == expected)
    }

    @Test(arguments: [
        "garbage", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "....", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
    ])
    func `refuses texts that are no tokens of ours`(_ token: String) async throws {
        let refusal = try #require(try await refusal([:], ["WebIdentityToken": token]))
        #expect(refusal.hasPrefix("400 InvalidIdentityToken: The ID Token"))
    }

    @Test func `tells an outage of the provider from a lie`() async throws {
        scene.documents.fail(.timedOut)
        #expect(
            try await refusal()
                == "400 IDPCommunicationError: The identity provider's keys could not be retrieved: it did not "
                + "answer in time."
        )
        scene.clock.advance(seconds: 11)
        scene.documents.fail(.redirected)
        #expect(
            try await refusal()
                == "400 InvalidIdentityToken: Couldn't retrieve verification key from your identity provider: it "
                + "redirects elsewhere."
        )
    }

    @Test func `uses uploaded keys in place of published ones`() async throws {
        scene.documents.fail(.timedOut)
        let issuer = try #require(IssuerName("idp.example.com/tenant"))
        let strangers = ScriptedDocuments().keySet
        try await scene.administration.setKeys(strangers, of: issuer, for: scene.account, at: scene.clock.now)
        #expect(try await refusal() == "400 InvalidIdentityToken: The ID Token's signature is not valid.")
        let keys = scene.documents.keySet
        try await scene.administration.setKeys(keys, of: issuer, for: scene.account, at: scene.clock.now)
        #expect(try await refusal() == nil)
        try await scene.administration.removeKeys(of: issuer, for: scene.account)
        #expect(try await refusal()?.hasPrefix("400 IDPCommunicationError") == true)
    }

    @Test func `takes tags and a source identity from the token`() async throws {
        let tags = #"{"principal_tags":{"team":["blue"]},"transitive_tag_keys":["team"]}"#
        let claims: [String: String?] = [
            "https://aws.amazon.com/tags": tags, "https://aws.amazon.com/source_identity": #""carol""#,
        ]
        #expect(try await refusal(claims) == "403 AccessDenied: Not authorized to perform sts:TagSession")
        try await scene.role(
            "tagged",
            trust: trust(#"{"StringEquals":{"aws:RequestTag/team":"blue"}}"#, actions: #""sts:*""#)
        )
        #expect(try await answer(claims, role: "tagged").element("SourceIdentity") == "carol")
        #expect(try await refusal(role: "tagged") == denied)
    }

    @Test func `is recorded with who asked and without the token`() async throws {
        let answer = try await answer()
        let event = try #require(try scene.events().last)
        for part in [
            #""type":"WebIdentityUser""#, #""userName":"\#(Self.subject)""#,
            #""identityProvider":"arn:aws:iam::111122223333:oidc-provider/idp.example.com/tenant""#,
            #""recipientAccountId":"111122223333""#, #""eventName":"AssumeRoleWithWebIdentity""#,
        ] {
            #expect(event.contains(part), "\(part) in \(event)")
        }
        #expect(!event.contains("webIdentityToken"))
        _ = try await scene.kms("ListKeys", as: try Signer(answer))
        let use = try #require(try scene.events().last)
        #expect(use.contains(#""webIdFederationData":{"federatedProvider":"arn:aws:iam::111122223333:oidc"#))
        #expect(use.contains(Self.subject))
    }

    @Test func `takes no other unsigned operation`() async throws {
        for action in STSOperations.table.entries.map(\.name)
        where !["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"].contains(action) {
            #expect(try await scene.sts(action, as: nil).failure == "MissingAuthenticationToken", "\(action)")
        }
    }
}
