import StorageTesting
import Testing

@testable import Storage

@Suite("PostgreSQLStore")
struct PostgreSQLStoreTests {
    private let database: TestDatabase

    init() throws { database = try TestDatabase() }

    @Test(arguments: RecordStoreSuite.promises + RecordStoreSuite.snapshotPromises)
    func `keeps the promise`(_ promise: RecordStoreSuite.Promise) async throws {
        try await promise.check { try await database.open() }
    }

    @Test func `keeps everything across opening anew`() async throws {
        try await RecordStoreSuite.checkPersistence { try await database.open() }
    }

    @Test func `trims its feed and says so`() async throws {
        let store = try await database.open(changesKept: 50)
        try await RecordStoreSuite.checkTrimming(of: store, changesKept: 50, slack: 1000)
        await store.close()
    }

    @Test func `shares the database with other nodes`() async throws {
        let nodes = [try await database.open(), try await database.open(), try await database.open()]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, node) in nodes.enumerated() {
                for task in 0..<4 {
                    group.addTask {
                        for number in 0..<25 {
                            _ = try await node.commit([put("\(index)/\(task)/\(number)", [1], .absent)])
                        }
                    }
                }
            }
            // Numbers are never seen before all smaller ones are.
            group.addTask {
                var seen: Int64 = 0
                while seen < 300 {
                    try Task.checkCancellation()
                    for change in try await nodes[0].changes(after: seen, limit: 1000) {
                        #expect(change.sequence == seen + 1)
                        seen = change.sequence
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await nodes[1].latestChange() == 300)
        let version = try await nodes[0].commit([put("a", [1], .absent)]).versions[0]
        #expect(try await nodes[2].read(RecordKey(thing, "a"))?.version == version)
        let error = await failure { () throws(StorageError) in
            try await nodes[1].commit([put("a", [2], .absent)])
        }
        #expect(error == .conflict(RecordKey(thing, "a")))
        for node in nodes { await node.close() }
    }

    /// Without a limit to the waiting, nothing but the notification ends it.
    @Test(.timeLimit(.minutes(15))) func `wakes a node when another has committed`() async throws {
        let (here, there) = (try await database.open(), try await database.open())
        let listener = try #require(here.listener)
        // Whoever waits first is woken when the node listens: what came before is in the feed.
        await listener.awaitChange(after: 0)
        for number in 1...20 {
            let told = try await here.latestChange()
            async let woken: Void = listener.awaitChange(after: told)
            // Half of them find somebody waiting, the others may come first.
            while number % 2 == 0, listener.waiting == 0 { await Task.yield() }
            _ = try await there.commit([put("\(number)")])
            await woken
        }
        // What was told already is not waited for.
        for _ in 1...2 { await listener.awaitChange(after: 0) }
        await here.awaitChange(after: try await here.latestChange(), upTo: .milliseconds(50))
        await here.close()
        await there.close()
    }

    @Test(.timeLimit(.minutes(15))) func `waits for nothing when it is cancelled or closed`() async throws {
        let store = try await database.open()
        let listener = try #require(store.listener)
        await listener.awaitChange(after: 0)
        let cancelled = Task { await listener.awaitChange(after: 0) }
        let closed = Task { await listener.awaitChange(after: 0) }
        while listener.waiting < 2 { await Task.yield() }
        cancelled.cancel()
        await cancelled.value
        #expect(listener.waiting == 1)
        await store.close()
        await closed.value
        await listener.awaitChange(after: 0)
    }

    @Test func `says that it is full for what does not fit, and writes the rest`() async throws {
        let store = try await database.open()
        // What a full disk answers when a file cannot grow, for large values alone.
        try database.run(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
            END $$
            """
        )
        try database.run(
            """
            CREATE TRIGGER full_disk BEFORE INSERT ON strongroom_records FOR EACH ROW
            WHEN (length(new.value) > 1000) EXECUTE FUNCTION refuse()
            """
        )
        let outcomes = await withTaskGroup(of: (Int, StorageError?).self) { group in
            for number in 0..<40 {
                group.addTask {
                    let size = number % 20 == 7 ? 2000 : 10
                    return (
                        number,
                        await failure { () throws(StorageError) in
                            try await store.commit([put("\(number)", [UInt8](repeating: 1, count: size))])
                        }
                    )
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(outcomes == [7: .full, 27: .full])
        #expect(try await store.changes(after: 0, limit: 100).map(\.sequence) == Array(1...38))
        await store.close()
    }

    @Test func `brings every commit to the server's disk, whatever the role's default is`() async throws {
        let lax = try #require(
            PostgreSQLAddress(
                "\(try TestDatabase.url())?options=-c%20synchronous_commit%3Doff"
            )
        )
        let connection = try PostgreSQLSession.connect(to: lax, until: .now + .seconds(5))
        let setting = try connection.run(
            PostgreSQLStatement("SHOW synchronous_commit"),
            until: .now + .seconds(5)
        )
        #expect(try setting.text(0, 0) == "on")
    }

    @Test func `takes what it was asked before it was closed`() async throws {
        let store = try await database.open()
        let kept = await withTaskGroup(of: String?.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let error = await failure { () throws(StorageError) in
                        try await store.commit([put("\(number)")])
                    }
                    #expect(error == nil || error == .closed)
                    return error == nil ? "\(number)" : nil
                }
            }
            group.addTask {
                await store.close()
                return nil
            }
            return await group.reduce(into: Set<String>()) { if let name = $1 { $0.insert(name) } }
        }
        let again = try await database.open()
        let names = try await again.scan(thing, prefix: "", after: nil, limit: 1000).map(\.key.key)
        #expect(Set(names) == kept)
        await again.close()
    }
}
