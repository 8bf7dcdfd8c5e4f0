import AWSProtocol
import Foundation
import Testing

@testable import IAM
@testable import Server

@Suite("Sessions of roles")
struct AssumedRoleTests {
    private let scene: SessionScene
    private let alice: Signer

    init() async throws {
        scene = try await SessionScene()
        alice = try await scene.user("alice", SessionScene.policy(SessionScene.statement("sts:*")))
        try await scene.role("app")
    }

    @Test func `do what the role may and nothing else`() async throws {
        try await scene.role("reader", SessionScene.policy(SessionScene.statement("kms:ListKeys")))
        let session = try await scene.assume("reader", as: alice)
        #expect(session.id.hasPrefix("ASIA"))
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        let refusal = try await scene.kms("CreateKey", as: session)
        #expect(refusal.failure == "AccessDeniedException")
        #expect(
            refusal.message?.hasPrefix(
                "User: arn:aws:sts::111122223333:assumed-role/reader/session is not authorized to perform: "
                    + "kms:CreateKey on resource: *"
            ) == true,
            "\(refusal)"
        )
    }

    @Test func `are told who they are`() async throws {
        let role = try await scene.role("who")
        let session = try await scene.assume("who", as: alice)
        let answer = try await scene.sts("GetCallerIdentity", as: session)
        #expect(answer.element("Arn") == "arn:aws:sts::111122223333:assumed-role/who/session")
        #expect(answer.element("UserId") == "\(role.id):session")
        #expect(answer.element("Account") == "111122223333")
    }

    @Test func `are answered on the fast lane once they are in memory`() async throws {
        let session = try await scene.assume("app", as: alice)
        #expect(
            scene.gateway.answerNow(try scene.kmsQuestion("GenerateRandom", body, as: session).request) == nil
        )
        #expect(try await scene.kms("GenerateRandom", body, as: session).status == 200)
        let question = try scene.kmsQuestion("GenerateRandom", body, as: session)
        guard case .answered(let now) = scene.gateway.answerNow(question.request) else {
            Issue.record("a session in memory is not answered at once")
            return
        }
        #expect(now.response.status == 200)
    }

    private let body = #"{"NumberOfBytes":8}"#

    @Test func `are known to another node and survive a restart`() async throws {
        let session = try await scene.assume("app", as: alice)
        #expect(try await scene.kms("ListKeys", as: session, at: try scene.another()).status == 200)
    }

    @Test func `end when their time is over, also in memory`() async throws {
        let session = try await scene.assume("app", ["DurationSeconds": "900"], as: alice)
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        scene.clock.advance(seconds: 899)
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        scene.clock.advance(seconds: 1)
        for gateway in [scene.gateway, try scene.another()] {
            let answer = try await scene.kms("ListKeys", as: session, at: gateway)
            #expect(answer.failure == "ExpiredTokenException")
            #expect(answer.message == "The security token included in the request is expired")
            let query = try await scene.sts("GetCallerIdentity", as: session, at: gateway)
            #expect(query.failure == "ExpiredToken")
            #expect(query.status == 403)
        }
    }

    @Test func `need their own token with every request`() async throws {
        let session = try await scene.assume("app", as: alice)
        let other = try await scene.assume("app", as: alice)
        for isResident in [false, true] {
            if isResident { #expect(try await scene.kms("ListKeys", as: session).status == 200) }
            for token in [nil, other.token, "garbage", ""] as [String?] {
                var forged = session
                forged.token = token
                #expect(try await scene.kms("ListKeys", as: forged).failure == "UnrecognizedClientException")
                #expect(
                    try await scene.sts("GetCallerIdentity", as: forged).failure == "InvalidClientTokenId"
                )
            }
        }
        var longTerm = alice
        longTerm.token = session.token
        #expect(try await scene.kms("ListKeys", as: longTerm).failure == "UnrecognizedClientException")
        var changed = session
        changed = Signer(id: session.id, secret: alice.secret, token: session.token)
        #expect(try await scene.kms("ListKeys", as: changed).failure == "InvalidSignatureException")
    }

    @Test func `follow changes of the role's policies`() async throws {
        let role = try await scene.role("changing")
        let session = try await scene.assume("changing", as: alice)
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        try await scene.role("changing", SessionScene.policy(SessionScene.statement("s3:*")), replacing: role)
        #expect(try await scene.kms("ListKeys", as: session).failure == "AccessDeniedException")
    }

    @Test func `are revoked by the time they were issued`() async throws {
        let role = try await scene.role("revoked")
        let old = try await scene.assume("revoked", as: alice)
        #expect(try await scene.kms("ListKeys", as: old).status == 200)
        scene.clock.advance(seconds: 60)
        let revocation =
            #"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":"#
            + #"{"aws:TokenIssueTime":"\#(Timestamp.iso8601(scene.clock.now))"}}}"#
        let policy = SessionScene.policy(SessionScene.statement("kms:*"), revocation)
        try await scene.role("revoked", policy, replacing: role)
        let new = try await scene.assume("revoked", as: alice)
        #expect(try await scene.kms("ListKeys", as: new).status == 200)
        let refusal = try await scene.kms("ListKeys", as: old)
        #expect(refusal.failure == "AccessDeniedException")
        #expect(refusal.message?.hasSuffix("with an explicit deny in an identity-based policy") == true)
    }

    @Test func `end with the role, and do not come back with another of its name`() async throws {
        let role = try await scene.role("gone")
        let session = try await scene.assume("gone", as: alice)
        #expect(try await scene.kms("ListKeys", as: session).status == 200)
        try await scene.delete(role)
        #expect(try await scene.kms("ListKeys", as: session).failure == "UnrecognizedClientException")
        try await scene.role("gone")
        #expect(try await scene.kms("ListKeys", as: session).failure == "UnrecognizedClientException")
    }

    @Test func `are named in key policies by session, by role and by id`() async throws {
        let role = try await scene.role("named", SessionScene.policy(SessionScene.statement("s3:*")))
        let session = try await scene.assume("named", as: alice)
        let other = try await scene.assume("named", ["RoleSessionName": "other"], as: alice)
        for (principal, reachesOther) in [
            ("arn:aws:sts::111122223333:assumed-role/named/session", false), (role.arn, true),
            ("\(role.id):session", false), ("\(role.id)", true),
        ] {
            let key = try await key(for: principal)
            #expect(try await scene.kms("DescribeKey", "{\"KeyId\":\"\(key)\"}", as: session).status == 200)
            let answer = try await scene.kms("DescribeKey", "{\"KeyId\":\"\(key)\"}", as: other)
            #expect((answer.status == 200) == reachesOther, "\(principal)")
        }
    }

    /// A key whose policy lets a principal describe it.
    private func key(for principal: String) async throws -> String {
        let policy =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"#
            + #""Action":"kms:*","Resource":"*"},{"Effect":"Allow","Principal":{"AWS":"\#(principal)"},"#
            + #""Action":"kms:DescribeKey","Resource":"*"}]}"#
        let escaped = policy.replacing("\"", with: "\\\"")
        let answer = try await scene.kms(
            "CreateKey",
            "{\"Policy\":\"\(escaped)\"}",
            as: Signer(scene.root)
        )
        return try #require(answer["KeyId"], "\(answer)")
    }

    @Test func `are recorded with their role and without their secrets`() async throws {
        let session = try await scene.assume("app", ["SourceIdentity": "carol"], as: alice)
        _ = try await scene.kms("ListKeys", as: session)
        let events = try scene.events()
        let event = try #require(events.last)
        for part in [
            #""type":"AssumedRole""#, #""accessKeyId":"\#(session.id)""#,
            #""sessionIssuer":{"type":"Role","principalId":"AROA"#, #""userName":"app""#,
            #""mfaAuthenticated":"false""#, #""sourceIdentity":"carol""#,
        ] {
            #expect(event.contains(part), "\(part) in \(event)")
        }
        let assumption = try #require(events.first { $0.contains(#""eventName":"AssumeRole""#) })
        #expect(assumption.contains(#""accessKeyId":"\#(session.id)""#))
        #expect(assumption.contains(#""ARN":"arn:aws:iam::111122223333:role/app""#))
        for event in events {
            #expect(!event.contains(session.secret))
            #expect(!event.contains(try #require(session.token)))
        }
    }

    @Test func `note when the role was last used`() async throws {
        let role = try await scene.role("used")
        let session = try await scene.assume("used", as: alice)
        _ = try await scene.kms("ListKeys", as: session)
        try await scene.identities.flushUses()
        let use = try #require(try await scene.identities.lastUse(ofRole: role.id))
        #expect(use.region == "us-east-1")
    }
}

extension Signer {
    init(id: String, secret: String, token: String?) {
        self.id = id
        self.secret = secret
        self.token = token
    }
}
