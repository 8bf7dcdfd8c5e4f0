import AWSProtocol
import Foundation
import Testing

@testable import IAM
@testable import Server

@Suite("Role chaining")
struct RoleChainTests {
    private let scene: SessionScene
    private let alice: Signer
    private static let everything = SessionScene.policy(SessionScene.statement("*"))

    init() async throws {
        scene = try await SessionScene()
        alice = try await scene.user("alice", Self.everything)
        try await scene.role("first", Self.everything, seconds: 43_200)
        try await scene.role(
            "second",
            Self.everything,
            seconds: 43_200,
            tags: ["team": "role's", "own": "1"]
        )
    }

    @Test func `is limited to an hour`() async throws {
        let first = try await scene.assume("first", ["DurationSeconds": "43200"], as: alice)
        let refusal = try await scene.assumption("second", ["DurationSeconds": "3601"], as: first)
        #expect(refusal.failure == "ValidationError")
        #expect(
            refusal.message
                == "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
        let second = try await scene.assume("second", ["DurationSeconds": "3600"], as: first)
        #expect(try await scene.kms("ListKeys", as: second).status == 200)
    }

    @Test func `passes transitive tags on, which cannot be set anew`() async throws {
        let first = try await scene.assume(
            "first",
            [
                "Tags.member.1.Key": "Team", "Tags.member.1.Value": "blue", "Tags.member.2.Key": "once",
                "Tags.member.2.Value": "x", "TransitiveTagKeys.member.1": "Team",
            ],
            as: alice
        )
        let anew = ["Tags.member.1.Key": "team", "Tags.member.1.Value": "red"]
        let refusal = try await scene.assumption("second", anew, as: first)
        #expect(
            "\(refusal.failure ?? ""): \(refusal.message ?? "")"
                == "InvalidParameterValue: One of the specified transitive tag keys can't be set because it "
                + "conflicts with a transitive tag key from the calling session."
        )
        let second = try await scene.assume("second", as: first)
        #expect(try await tags(of: second, ["team", "once", "own"]) == ["team": "blue", "own": "1"])
    }

    /// Which values `aws:PrincipalTag` has for a session, found by policies of a third role that ask for them.
    private func tags(of session: Signer, _ names: [String]) async throws -> [String: String] {
        var found: [String: String] = [:]
        for name in names {
            for value in ["blue", "x", "1", "role's", "red"] {
                let condition = #"{"StringEquals":{"aws:PrincipalTag/\#(name)":"\#(value)"}}"#
                let trust = SessionScene.trust(#"{"AWS":"111122223333"}"#, #""sts:*""#, condition)
                try await scene.role("probe", trust: trust)
                if try await scene.assumption("probe", as: session).status == 200 { found[name] = value }
            }
        }
        return found
    }

    @Test func `keeps the source identity`() async throws {
        let first = try await scene.assume("first", ["SourceIdentity": "carol"], as: alice)
        let refusal = try await scene.assumption("second", ["SourceIdentity": "mallory"], as: first)
        #expect(refusal.failure == "AccessDenied")
        let second = try await scene.assumption("second", as: first)
        #expect(second.element("SourceIdentity") == "carol")
        try await scene.role(
            "silent",
            trust: SessionScene.trust(#"{"AWS":"111122223333"}"#, #""sts:AssumeRole""#)
        )
        #expect(try await scene.assumption("silent", as: first).failure == "AccessDenied")
    }

    @Test func `names the session or the role in trust policies`() async throws {
        let session = "arn:aws:sts::111122223333:assumed-role/first/session"
        try await scene.role("third", trust: SessionScene.trust(#"{"AWS":"\#(session)"}"#))
        let first = try await scene.assume("first", as: alice)
        let other = try await scene.assume("first", ["RoleSessionName": "other"], as: alice)
        #expect(try await scene.assumption("third", as: first).status == 200)
        #expect(try await scene.assumption("third", as: other).failure == "AccessDenied")
        try await scene.role("third", trust: SessionScene.trust(#"{"AWS":"\#(scene.arn("first"))"}"#))
        #expect(try await scene.assumption("third", as: other).status == 200)
    }
}
