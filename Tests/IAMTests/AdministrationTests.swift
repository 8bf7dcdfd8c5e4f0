import AWSProtocol
import Authorization
import Cryptography
import Foundation
import Storage
import Testing

@testable import IAM

@Suite("Identity administration")
struct AdministrationTests {
    @Test func `an account is made once`() async throws {
        let scene = try await Scene()
        await #expect(throws: IAMError.self) {
            _ = try await scene.administration.createAccount(scene.account, name: "again", at: scene.now)
        }
        let accounts = try await scene.administration.accounts()
        #expect(accounts.map(\.id) == [scene.account])
        #expect(accounts[0].name == "test")
        #expect(accounts[0].createdAt == scene.now)
    }

    @Test func `accounts are listed beyond the size of a page`() async throws {
        let scene = try await Scene()
        for number in 0..<1005 {
            let id = try #require(AccountID(String(200_000_000_000 + number)))
            _ = try await scene.administration.createAccount(id, name: nil, at: scene.now)
        }
        #expect(try await scene.administration.accounts().count == 1006)
    }

    @Test func `a user is made once whatever the case of its name, and keeps its id`() async throws {
        let scene = try await Scene()
        let made = try await scene.administration.ensureUser(
            try scene.user("Alice"),
            of: scene.account,
            at: scene.now
        )
        let found = try await scene.administration.ensureUser(
            try scene.user("alice"),
            of: scene.account,
            at: scene.now
        )
        #expect(found == made)
        #expect(found.arn == "arn:aws:iam::111122223333:user/Alice")
    }

    @Test func `setting a policy leaves the user's others`() async throws {
        let scene = try await Scene()
        let first = try #require(PolicyName("first"))
        let second = try #require(PolicyName("second"))
        let alice = try scene.user("alice")
        try await scene.administration.ensureUser(
            alice,
            of: scene.account,
            settingPolicies: [(first, Scene.allowEncrypt)],
            at: scene.now
        )
        let user = try await scene.administration.ensureUser(
            alice,
            of: scene.account,
            settingPolicies: [(second, Scene.allowEncrypt)],
            at: scene.now
        )
        #expect(Set(user.inlinePolicies.keys) == ["first", "second"])
    }

    @Test(arguments: [
        "", "{}", "not json", #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*"}}"#,
        #"{"Version":"2012-10-17","Statement":{"Effect":"Maybe","Action":"*","Resource":"*"}}"#,
    ])
    func `a text that is no identity policy is refused and changes nothing`(text: String) async throws {
        let scene = try await Scene()
        let before = try await scene.store.latestChange()
        let name = try #require(PolicyName("bad"))
        await #expect(throws: IAMError.self) {
            try await scene.administration.ensureUser(
                try scene.user("alice"),
                of: scene.account,
                settingPolicies: [(name, text)],
                at: scene.now
            )
        }
        #expect(try await scene.store.latestChange() == before)
    }

    @Test func `nobody gets a key in an account or for a user that is not there`() async throws {
        let scene = try await Scene()
        let other = try #require(AccountID("999988887777"))
        let before = try await scene.store.latestChange()
        await #expect(throws: IAMError.self) {
            _ = try await scene.administration.createAccessKey(for: .root(other), at: scene.now)
        }
        await #expect(throws: IAMError.self) {
            _ = try await scene.administration.createAccessKey(
                for: .user(scene.account, try scene.user("nobody")),
                at: scene.now
            )
        }
        #expect(try await scene.store.latestChange() == before)
    }

    @Test func `an owner has two keys at most, and one more after a deletion`() async throws {
        let scene = try await Scene()
        let first = try await scene.key(of: "alice")
        _ = try await scene.key(of: "alice")
        await #expect(throws: IAMError.self) { _ = try await scene.key(of: "ALICE") }
        // A user whose name begins alike is another owner.
        _ = try await scene.key(of: "alice2")
        try await scene.administration.deleteAccessKey(first.id)
        _ = try await scene.key(of: "alice")
        #expect(try await scene.administration.accessKeys(of: scene.account).count == 3)
    }

    @Test func `a secret is forty characters, and nothing that is stored or printed has it`() async throws {
        let scene = try await Scene()
        let issued = try await scene.key(of: "alice")
        let secret = issued.secret.exposingSecret { $0 }
        #expect(secret.utf8.count == 40)
        for kind in [RecordKind.accessKey, .user, .accessKeyOfOwner] {
            for record in try await scene.store.scan(kind, prefix: "", after: nil, limit: 100) {
                let text = String(decoding: record.value, as: UTF8.self)
                #expect(!text.contains(secret))
                #expect(!text.contains(Data(secret.utf8).base64EncodedString()))
            }
        }
        var dumped = ""
        dump(issued, to: &dumped)
        #expect(!"\(issued) \(String(reflecting: issued)) \(dumped)".contains(secret))
    }

    @Test func `a key that is not there can be neither deleted nor changed`() async throws {
        let scene = try await Scene()
        await #expect(throws: IAMError.self) {
            try await scene.administration.deleteAccessKey(.random())
        }
        await #expect(throws: IAMError.self) {
            try await scene.administration.setStatus(.inactive, of: .random())
        }
    }
}
