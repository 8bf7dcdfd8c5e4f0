import AWSProtocol
import Foundation
import Storage
import Testing

@testable import IAM
@testable import Server

@Suite("Sessions of users")
struct UserSessionTests {
    private let scene: SessionScene
    private let alice: Signer
    private let root: Signer

    init() async throws {
        scene = try await SessionScene()
        let policy = SessionScene.policy(
            SessionScene.statement("kms:*"),
            SessionScene.statement("sts:*")
        )
        alice = try await scene.user("alice", policy)
        root = Signer(scene.root)
    }

    private func refusal(_ action: String, _ members: [String: String] = [:], as signer: Signer) async throws
        -> String?
    {
        let answer = try await scene.sts(action, members, as: signer)
        return answer.status == 200 ? nil : "\(answer.failure ?? ""): \(answer.message ?? "")"
    }

    @Test func `are the user for a time`() async throws {
        let session = try Signer(
            try await scene.sts("GetSessionToken", ["DurationSeconds": "900"], as: alice)
        )
        let identity = try await scene.sts("GetCallerIdentity", as: session)
        #expect(identity.element("Arn") == "arn:aws:iam::111122223333:user/alice")
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        let event = try #require(try scene.events().last)
        #expect(event.contains(#""type":"IAMUser""#))
        #expect(event.contains(#""sessionContext""#))
        scene.clock.advance(seconds: 900)
        #expect(try await scene.kms("ListKeys", as: session).failure == "ExpiredTokenException")
    }

    @Test func `may assume roles, and call STS for nothing else`() async throws {
        try await scene.role("app")
        let session = try Signer(try await scene.sts("GetSessionToken", as: alice))
        #expect(try await scene.assumption("app", as: session).status == 200)
        for action in ["GetSessionToken", "GetFederationToken"] {
            #expect(
                try await refusal(action, ["Name": "bob"], as: session)
                    == "AccessDenied: Cannot call \(action) with session credentials"
            )
        }
        let role = try await scene.assume("app", as: alice)
        #expect(
            try await refusal("GetSessionToken", as: role)?.hasPrefix("AccessDenied: Cannot call") == true
        )
    }

    @Test func `of the root user last an hour at most`() async throws {
        let answer = try await scene.sts("GetSessionToken", ["DurationSeconds": "43200"], as: root)
        let session = try Signer(answer)
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        scene.clock.advance(seconds: 3_600)
        #expect(try await scene.kms("ListKeys", as: session).failure == "ExpiredTokenException")
    }

    @Test func `end with the user`() async throws {
        let session = try Signer(try await scene.sts("GetSessionToken", as: alice))
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        let name = try #require(UserName("alice"))
        let user = try #require(try await scene.administration.user(name, of: scene.account))
        try await scene.administration.commit([
            .delete(user.recordKey, expecting: .any), .delete(user.id.recordKey, expecting: .any),
        ])
        try await scene.followChanges()
        #expect(try await scene.kms("ListKeys", as: session).failure == "UnrecognizedClientException")
        _ = try await scene.user("alice", SessionScene.policy(SessionScene.statement("kms:*")))
        #expect(try await scene.kms("ListKeys", as: session).failure == "UnrecognizedClientException")
    }

    @Test func `of federated users do what user and policy both allow`() async throws {
        let policy = SessionScene.policy(
            SessionScene.statement("kms:ListKeys"),
            SessionScene.statement("s3:*")
        )
        let answer = try await scene.sts("GetFederationToken", ["Name": "bob", "Policy": policy], as: alice)
        #expect(answer.element("FederatedUserId") == "111122223333:bob")
        #expect(answer.element("PackedPolicySize") != nil)
        let session = try Signer(answer)
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        let event = try #require(try scene.events().last)
        #expect(event.contains(#""type":"FederatedUser""#))
        #expect(event.contains(#""sessionIssuer":{"type":"IAMUser""#))
        #expect(try await scene.kms("ListAliases", as: session).failure == "AccessDeniedException")
        let identity = try await scene.sts("GetCallerIdentity", as: session)
        #expect(identity.element("Arn") == "arn:aws:sts::111122223333:federated-user/bob")
        #expect(
            try await scene.assumption("app", as: session).message
                == "Cannot call AssumeRole with federated user credentials"
        )
    }

    @Test func `of federated users without a policy do nothing by themselves`() async throws {
        for signer in [alice, root] {
            let session = try Signer(try await scene.sts("GetFederationToken", ["Name": "bob"], as: signer))
            #expect(try await scene.kms("ListKeys", as: session).failure == "AccessDeniedException")
        }
        let everything = SessionScene.policy(SessionScene.statement("kms:*"))
        let members = ["Name": "bob", "Policy": everything]
        let session = try Signer(try await scene.sts("GetFederationToken", members, as: root))
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        let event = try #require(try scene.events().last)
        #expect(event.contains(#""sessionIssuer":{"type":"Root""#))
    }

    @Test func `of federated users need a permission`() async throws {
        let bob = try await scene.user("bob")
        #expect(
            try await refusal("GetFederationToken", ["Name": "carol"], as: bob)?.hasPrefix(
                "AccessDenied: User: arn:aws:iam::111122223333:user/bob is not authorized to perform: "
                    + "sts:GetFederationToken on resource: arn:aws:sts::111122223333:federated-user/carol"
            ) == true
        )
        #expect(try await refusal("GetSessionToken", as: bob) == nil)
    }
}

@Suite("The rest of STS")
struct OtherTokenOperationTests {
    private let scene: SessionScene
    private let alice: Signer

    init() async throws {
        scene = try await SessionScene()
        alice = try await scene.user("alice", SessionScene.policy(SessionScene.statement("sts:*")))
    }

    @Test func `tells everybody who they are, whatever policies say`() async throws {
        let deny = #"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#
        let nobody = try await scene.user("nobody", deny)
        let answer = try await scene.sts("GetCallerIdentity", as: nobody)
        #expect(answer.element("Arn") == "arn:aws:iam::111122223333:user/nobody")
        #expect(answer.element("UserId")?.hasPrefix("AIDA") == true)
        let root = try await scene.sts("GetCallerIdentity", as: Signer(scene.root))
        #expect(root.element("Arn") == "arn:aws:iam::111122223333:root")
        #expect(root.element("UserId") == "111122223333")
    }

    @Test func `tells it by a presigned address too`() async throws {
        var question = Question()
        question.method = "GET"
        question.query = "Action=GetCallerIdentity&Version=2011-06-15"
        question.headers = [("Host", "sts.example"), ("x-k8s-aws-id", "cluster")]
        let signer = SigV4Signer(
            credentials: alice.credentials,
            region: try #require(Region("us-east-1")),
            service: .sts
        )
        question.query = signer.presign(question.request.request, expires: 60, now: scene.clock.now)
        let answer = Answer(await scene.gateway.answer(question.request))
        #expect(answer.element("Arn") == "arn:aws:iam::111122223333:user/alice")
        question.set("x-k8s-aws-id", "other")
        let spoiled = Answer(await scene.gateway.answer(question.request))
        #expect(spoiled.failure == "SignatureDoesNotMatch")
        // Fifteen minutes, whatever the address says: the tokens of clusters rely on it.
        scene.clock.advance(seconds: 901)
        question.set("x-k8s-aws-id", "cluster")
        let late = Answer(await scene.gateway.answer(question.request))
        #expect(late.failure == "SignatureDoesNotMatch", "\(late)")
    }

    @Test func `tells the account of an access key`() async throws {
        let answer = try await scene.sts("GetAccessKeyInfo", ["AccessKeyId": alice.id], as: alice)
        #expect(answer.element("Account") == "111122223333")
        let session = AccessKeyID.randomTemporary(of: try #require(AccountID("111122223333"))).description
        let ofSession = try await scene.sts("GetAccessKeyInfo", ["AccessKeyId": session], as: alice)
        #expect(ofSession.element("Account") == "111122223333")
        let foreign = AccessKeyID.randomTemporary(of: try #require(AccountID("999988887777"))).description
        for id in [
            foreign, "ASIA7777777777777777", "AKIAAAAAAAAAAAAAAAAA", "ASIAAAAAAAAAAAAAAAAA",
            "0123456789abcdef",
        ] {
            let refusal = try await scene.sts("GetAccessKeyInfo", ["AccessKeyId": id], as: alice)
            #expect(refusal.failure == "ValidationError")
        }
        let bob = try await scene.user("bob")
        let denial = try await scene.sts("GetAccessKeyInfo", ["AccessKeyId": alice.id], as: bob)
        #expect(denial.failure == "AccessDenied")
    }

    @Test func `decodes no message of others, and none without permission`() async throws {
        for text in ["A", "AAAA", "é", String(repeating: "A", count: 10_240)] {
            let members = ["EncodedMessage": text]
            let answer = try await scene.sts("DecodeAuthorizationMessage", members, as: alice)
            #expect(answer.failure == "InvalidAuthorizationMessageException")
        }
        let long = ["EncodedMessage": String(repeating: "A", count: 10_241)]
        let tooLong = try await scene.sts("DecodeAuthorizationMessage", long, as: alice)
        #expect(tooLong.failure == "ValidationError")
        let bob = try await scene.user("bob")
        let denial = try await scene.sts("DecodeAuthorizationMessage", ["EncodedMessage": "A"], as: bob)
        #expect(denial.failure == "AccessDenied")
    }

    @Test(arguments: [
        (
            "AssumeRoot",
            ["TargetPrincipal": "111122223333", "TaskPolicyArn.arn": "arn:aws:iam::aws:policy/x"],
            "AccessDenied"
        ),
        (
            "AssumeRoleWithSAML",
            [
                "RoleArn": "arn:aws:iam::111122223333:role/x",
                "PrincipalArn": "arn:aws:iam::111122223333:saml-provider/x", "SAMLAssertion": "AAAA",
            ],
            "UnsupportedOperation"
        ),
        ("GetDelegatedAccessToken", ["TradeInToken": "AAAA"], "UnsupportedOperation"),
        (
            "GetWebIdentityToken", ["Audience.member.1": "x", "SigningAlgorithm": "RS256"],
            "OutboundWebIdentityFederationDisabledException"
        ),
    ])
    func `refuses what is not there`(
        _ action: String,
        _ members: [String: String],
        _ code: String
    ) async throws {
        #expect(try await scene.sts(action, members, as: alice).failure == code)
        #expect(try await scene.sts(action, as: alice).failure == "ValidationError")
    }
}
