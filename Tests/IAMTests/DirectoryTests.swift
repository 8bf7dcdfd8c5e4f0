import AWSProtocol
import Authorization
import Cryptography
import Foundation
import Storage
import Testing

@testable import IAM

@Suite("Identity directory")
struct DirectoryTests {
    @Test func `a user's key resolves to the user with its policies`() async throws {
        let scene = try await Scene()
        let issued = try await scene.key(of: "alice", policies: [("encrypt", Scene.allowEncrypt)])
        #expect(scene.directory.resident(issued.id.description) == nil)
        let credential = try #require(try await scene.directory.load(issued.id.description))
        #expect(signs(issued, as: credential))
        #expect(credential.caller.type == .user)
        #expect(credential.caller.arn == "arn:aws:iam::111122223333:user/alice")
        #expect(credential.caller.username == "alice")
        #expect(credential.caller.identityPolicies.map(\.name) == ["encrypt"])
        #expect(scene.directory.resident(issued.id.description) === credential)
    }

    @Test func `what is found in memory and what is read is counted`() async throws {
        let scene = try await Scene()
        let issued = try await scene.key(of: "alice")
        let before = scene.directory.cacheStatistics
        _ = try await scene.directory.load(issued.id.description)
        _ = try await scene.directory.load(issued.id.description)
        _ = scene.directory.resident(issued.id.description)
        _ = try await scene.directory.load("AKIA2345ABCD2345ABCD")
        let after = scene.directory.cacheStatistics
        #expect(after.hits - before.hits == 2 && after.misses - before.misses == 2)
        #expect(after.entries == before.entries + 1 && after.entriesMax == 10_000 && after.evictions == 0)
    }

    @Test(arguments: ["", "AKIAIOSFODNN7EXAMPLE", "AKIA2345ABCD2345ABCD", "ASIA2345ABCD2345ABCD", "\u{0}"])
    func `an unknown key resolves to nobody`(id: String) async throws {
        let scene = try await Scene()
        #expect(try await scene.directory.load(id) == nil)
    }

    @Test func `an inactive key resolves to nobody as soon as the change is followed, and back again`()
        async throws
    {
        let scene = try await Scene()
        let issued = try await scene.key(of: "alice")
        let id = issued.id.description
        #expect(try await scene.directory.load(id) != nil)
        try await scene.administration.setStatus(.inactive, of: issued.id)
        try await scene.followChanges()
        #expect(scene.directory.resident(id) == nil)
        #expect(try await scene.directory.load(id) == nil)
        try await scene.administration.setStatus(.active, of: issued.id)
        #expect(try await scene.directory.load(id) != nil)
    }

    @Test func `a deleted key resolves to nobody`() async throws {
        let scene = try await Scene()
        let issued = try await scene.key(of: "alice")
        _ = try await scene.directory.load(issued.id.description)
        try await scene.administration.deleteAccessKey(issued.id)
        try await scene.followChanges()
        #expect(try await scene.directory.load(issued.id.description) == nil)
    }

    @Test func `a change of a user's policies drops that user's keys and no others`() async throws {
        let scene = try await Scene()
        let alice = try await scene.key(of: "alice")
        let bob = try await scene.key(of: "bob")
        _ = try await scene.directory.load(alice.id.description)
        _ = try await scene.directory.load(bob.id.description)
        let before = try await scene.store.latestChange()
        let name = try #require(PolicyName("more"))
        try await scene.administration.ensureUser(
            try scene.user("alice"),
            of: scene.account,
            settingPolicies: [(name, Scene.allowEncrypt)],
            at: scene.now
        )
        for change in try await scene.store.changes(after: before, limit: 10) {
            scene.directory.invalidate(change.key)
        }
        #expect(scene.directory.resident(alice.id.description) == nil)
        #expect(scene.directory.resident(bob.id.description) != nil)
        let again = try #require(try await scene.directory.load(alice.id.description))
        #expect(again.caller.identityPolicies.count == 1)
    }

    @Test func `a user whose stored policy cannot be read may do nothing at all`() async throws {
        let scene = try await Scene()
        let issued = try await scene.key(of: "alice")
        var user = try #require(
            try await scene.administration.user(try scene.user("alice"), of: scene.account)
        )
        user.inlinePolicies["broken"] = "{"
        let key = User.recordKey(scene.account, user.name)
        _ = try await scene.store.commit([
            .put(key, try RecordCoding.encode(user), expecting: .any)
        ])
        await #expect(throws: IAMError.self) { _ = try await scene.directory.load(issued.id.description) }
    }

    @Test func `a secret moved to another key's record does not open`() async throws {
        let scene = try await Scene()
        let alice = try await scene.key(of: "alice")
        let bob = try await scene.key(of: "bob")
        let stolen = try #require(try await scene.administration.read(AccessKey.self, alice.id.recordKey))
        let kept = try #require(try await scene.administration.read(AccessKey.self, bob.id.recordKey))
        let forged = AccessKey(
            id: kept.id,
            owner: kept.owner,
            status: .active,
            createdAt: kept.createdAt,
            ownerID: kept.ownerID,
            wrappedSecret: stolen.wrappedSecret
        )
        _ = try await scene.store.commit([
            .put(
                bob.id.recordKey,
                try RecordCoding.encode(forged),
                expecting: .any
            )
        ])
        await #expect(throws: IAMError.self) { _ = try await scene.directory.load(bob.id.description) }
    }

    @Test func `uses are written down once told to, with the newest winning`() async throws {
        let scene = try await Scene()
        let issued = try await scene.key(of: "alice")
        let credential = try #require(try await scene.directory.load(issued.id.description))
        let region = try #require(Region("eu-west-1"))
        scene.directory.noteUse(of: credential, service: .kms, region: region, at: scene.now)
        #expect(try await scene.administration.lastUse(of: issued.id) == nil)
        try await scene.directory.flushUses()
        #expect(
            try await scene.administration.lastUse(of: issued.id)
                == AccessKeyUse(date: scene.now, service: "kms", region: "eu-west-1")
        )
        let written = try await scene.store.latestChange()
        scene.directory.noteUse(of: credential, service: .kms, region: region, at: scene.now)
        try await scene.directory.flushUses()
        #expect(try await scene.store.latestChange() == written)
        let later = scene.now.addingTimeInterval(3600)
        scene.directory.noteUse(of: credential, service: .kms, region: region, at: later)
        try await scene.directory.flushUses()
        #expect(try await scene.administration.lastUse(of: issued.id)?.date == later)
    }
}

@Suite("Credential cache")
struct CredentialCacheTests {
    private func credential(_ id: AccessKeyID = .random()) throws -> Credential {
        let account = try #require(AccountID("111122223333"))
        return Credential(
            id: id,
            secret: SecretAccessKey("s"),
            caller: .root(account: account.description),
            account: account,
            sources: [id.recordKey]
        )
    }

    @Test func `never holds more than it may, and keeps what is used`() throws {
        let cache = ResidentCache<Credential>(countMax: 10)
        let favourite = try credential()
        cache.install(favourite, at: favourite.id.description, ticket: cache.beginLoading())
        for _ in 0..<100 {
            let other = try credential()
            cache.install(other, at: other.id.description, ticket: cache.beginLoading())
            #expect(cache[favourite.id.description] === favourite)
            #expect(cache.count <= 10)
        }
    }

    @Test func `does not take what was read before something was dropped`() throws {
        let cache = ResidentCache<Credential>(countMax: 10)
        let stale = try credential()
        let ticket = cache.beginLoading()
        cache.drop(madeOf: AccessKeyID.random().recordKey)
        cache.install(stale, at: stale.id.description, ticket: ticket)
        #expect(cache[stale.id.description] == nil)
    }
}
