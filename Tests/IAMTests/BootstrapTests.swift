import AWSProtocol
import Authorization
import Cryptography
import Foundation
import Storage
import Synchronization
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
        publish: (IssuedAccessKey) throws(IAMError) -> Void = { _ in },
        withdraw: (IssuedAccessKey) throws(IAMError) -> Void = { _ in }
    ) async throws -> Bootstrap.Outcome {
        try await Bootstrap.run(
            administration,
            account: account.flatMap { AccountID($0) },
            at: now,
            publish: publish,
            withdraw: withdraw
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

    @Test func `of first starts at once one wins and the others take what it made`() async throws {
        let published = Kept<Set<String>>([])
        let outcomes = try await withThrowingTaskGroup(of: Bootstrap.Outcome.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await start { key in
                        published.change { $0.insert(key.id.description) }
                    } withdraw: { key in
                        published.change { $0.remove(key.id.description) }
                    }
                }
            }
            return try await group.reduce(into: [Bootstrap.Outcome]()) { $0.append($1) }
        }
        let issued = outcomes.compactMap(\.issued)
        #expect(issued.count == 1 && outcomes.count == 8)
        #expect(published.value == Set(issued.map(\.id.description)))
        #expect(Set(outcomes.map(\.account)).count == 1)
        #expect(try await administration.accounts().count == 1)
        let account = try #require(outcomes.first?.account)
        #expect(try await administration.accessKeys(of: account).count == 1)
    }

    @Test func `a start that was overtaken withdraws its key, or fails when it cannot`() async throws {
        let winner = Kept<Bootstrap.Outcome?>(nil)
        // Another node makes its account between this one's look and its commit.
        let store = OvertakingStore(base: store) {
            let outcome = try? await start()
            winner.change { $0 = outcome }
        }
        let late = IdentityAdministration(store: store, keyring: keyring)
        var withdrawn: [IssuedAccessKey] = []
        var published: [IssuedAccessKey] = []
        let outcome = try await Bootstrap.run(late, account: nil, at: now) {
            published.append($0)
        } withdraw: {
            withdrawn.append($0)
        }
        #expect(outcome.issued == nil)
        #expect(outcome.account == winner.value?.account)
        #expect(withdrawn.map(\.id) == published.map(\.id) && withdrawn.count == 1)
        let fresh = BootstrapTests()
        let other = OvertakingStore(base: fresh.store) { _ = try? await fresh.start() }
        await #expect(throws: IAMError.self) {
            _ = try await Bootstrap.run(
                IdentityAdministration(store: other, keyring: fresh.keyring),
                account: nil,
                at: now
            ) { _ in
            } withdraw: { _ throws(IAMError) in
                throw .publishing(reason: "the disk is gone")
            }
        }
    }

    @Test func `a start that was overtaken fails when another account than its own was wanted`() async throws
    {
        let store = OvertakingStore(base: store) { _ = try? await start(wanting: "111122223333") }
        let late = IdentityAdministration(store: store, keyring: keyring)
        var withdrawn = 0
        await #expect(throws: IAMError.self) {
            _ = try await Bootstrap.run(late, account: AccountID("999999999999"), at: now) { _ in
            } withdraw: { _ in
                withdrawn += 1
            }
        }
        #expect(withdrawn == 1)
        #expect(try await administration.accounts().map(\.id.description) == ["111122223333"])
    }
}

/// A value that several tasks change.
private final class Kept<Value: Sendable>: Sendable {
    private let kept: Mutex<Value>
    var value: Value { kept.withLock { $0 } }

    init(_ value: Value) { kept = Mutex(value) }

    func change<Ignored>(_ body: (inout Value) -> Ignored) { kept.withLock { _ = body(&$0) } }
}

/// A store before whose commits somebody else does something.
private struct OvertakingStore: RecordStore {
    let base: MemoryStore
    let first: @Sendable () async -> Void

    func read(_ key: RecordKey) async throws(StorageError) -> Record? { try await base.read(key) }

    func read(_ keys: [RecordKey]) async throws(StorageError) -> [Record?] { try await base.read(keys) }

    func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [Record] {
        try await base.scan(kind, prefix: prefix, after: after, limit: limit)
    }

    func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult {
        await first()
        return try await base.commit(batch)
    }

    func changes(after sequence: Int64, limit: Int) async throws(StorageError) -> [Change] {
        try await base.changes(after: sequence, limit: limit)
    }

    func latestChange() async throws(StorageError) -> Int64 { try await base.latestChange() }

    func awaitChange(after sequence: Int64, upTo longest: Duration) async {
        await base.awaitChange(after: sequence, upTo: longest)
    }

    func close() async { await base.close() }
}
