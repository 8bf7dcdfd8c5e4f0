import AWSProtocol
import Authorization
import Cryptography
import Foundation
import Storage
import Testing

@testable import IAM

@Suite("Bootstrap")
struct BootstrapTests {
    private let now = Date(timeIntervalSince1970: 1_795_000_000)
    private let store = MemoryStore()
    private let keyring = RootKeyring.generate(now: Date(timeIntervalSince1970: 1_795_000_000))

    private var administration: IdentityAdministration {
        IdentityAdministration(store: store, keyring: keyring)
    }

    private func start(
        wanting account: String? = nil,
        publish: (IssuedAccessKey) throws(IAMError) -> Void = { _ in }
    ) async throws -> Bootstrap.Outcome {
        try await Bootstrap.run(
            administration,
            account: account.flatMap { AccountID($0) },
            at: now,
            publish: publish
        )
    }

    @Test func `the first start makes an account with a root key that works`() async throws {
        var published: IssuedAccessKey?
        let outcome = try await start { published = $0 }
        let issued = try #require(outcome.issued)
        #expect(published?.id == issued.id)
        let directory = IdentityDirectory(store: store, keyring: keyring)
        let credential = try #require(try await directory.load(issued.id.description))
        #expect(signs(issued, as: credential))
        #expect(credential.caller.type == .root)
        #expect(credential.caller.arn == "arn:aws:iam::\(outcome.account):root")
    }

    @Test func `a later start finds what the first made and publishes nothing`() async throws {
        let first = try await start(wanting: "123456789012")
        let before = try await store.latestChange()
        let second = try await start { _ in Issue.record("published again") }
        #expect(second.account == first.account)
        #expect(second.issued == nil)
        #expect(try await store.latestChange() == before)
    }

    @Test func `another account than the first one cannot be asked for later`() async throws {
        _ = try await start(wanting: "123456789012")
        await #expect(throws: IAMError.self) { _ = try await start(wanting: "999999999999") }
        #expect(try await start(wanting: "123456789012").issued == nil)
    }

    @Test func `a key that could not be published is not made`() async throws {
        await #expect(throws: IAMError.self) {
            _ = try await start { _ throws(IAMError) in throw .publishing(reason: "no room") }
        }
        #expect(try await store.latestChange() == 0)
        // The next start is a first one again.
        #expect(try await start().issued != nil)
    }

    @Test func `of two first starts at once one wins and the other leaves no trace`() async throws {
        let outcomes = await withTaskGroup(of: Bootstrap.Outcome?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    // The losers' commits conflict.
                    try? await start()
                }
            }
            return await group.reduce(into: [Bootstrap.Outcome]()) { all, one in
                if let one { all.append(one) }
            }
        }
        #expect(outcomes.count { $0.issued != nil } == 1)
        #expect(Set(outcomes.map(\.account)).count == 1)
        #expect(try await administration.accounts().count == 1)
        let account = try #require(outcomes.first?.account)
        #expect(try await administration.accessKeys(of: account).count == 1)
    }
}
