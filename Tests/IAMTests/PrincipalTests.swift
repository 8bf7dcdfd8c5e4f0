import AWSProtocol
import Authorization
import Foundation
import Storage
import Testing

@testable import IAM

@Suite("Principals that exist")
struct PrincipalTests {
    private func status(of text: String, in scene: Scene) async throws -> PrincipalStatus {
        await scene.directory.status(of: try #require(PrincipalPattern(aws: text)))
    }

    @Test(arguments: ["111122223333", "arn:aws:iam::111122223333:root", "*"])
    func `an account that is there exists, and so does everyone`(text: String) async throws {
        let scene = try await Scene()
        #expect(try await status(of: text, in: scene) == .exists(uniqueID: nil))
    }

    @Test(arguments: [
        "999988887777", "arn:aws:iam::999988887777:root", "arn:aws:iam::111122223333:user/nobody",
        "arn:aws:iam::999988887777:user/alice", "arn:aws:iam::111122223333:user/path/alice",
        "arn:aws:iam::111122223333:role/alice", "arn:aws:sts::111122223333:assumed-role/role/alice",
        "AIDA2345ABCD2345ABCD",
    ])
    func `what is not there is absent`(text: String) async throws {
        let scene = try await Scene()
        _ = try await scene.key(of: "alice")
        #expect(try await status(of: text, in: scene) == .absent)
    }

    @Test func `a user exists by ARN and by id, as that id`() async throws {
        let scene = try await Scene()
        let user = try await scene.administration.ensureUser(
            try scene.user("alice"),
            of: scene.account,
            at: scene.now
        )
        let expected = PrincipalStatus.exists(uniqueID: user.id.description)
        #expect(try await status(of: user.arn, in: scene) == expected)
        #expect(try await status(of: user.id.description, in: scene) == expected)
    }

    @Test func `services exist and identity providers do not`() async throws {
        let scene = try await Scene()
        let service = try #require(PrincipalPattern(service: "s3.amazonaws.com"))
        let provider = try #require(PrincipalPattern(federated: "accounts.google.com"))
        #expect(await scene.directory.status(of: service) == .exists(uniqueID: nil))
        #expect(await scene.directory.status(of: provider) == .absent)
    }

    @Test func `nobody can tell while the store fails`() async throws {
        let scene = try await Scene()
        await scene.store.close()
        let reason = "The store failed: the store is closed"
        #expect(try await status(of: "111122223333", in: scene) == .unknown(reason: reason))
    }
}
