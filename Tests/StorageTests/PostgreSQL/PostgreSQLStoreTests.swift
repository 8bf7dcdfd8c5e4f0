import StorageTesting
import Synchronization
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

    @Test func `wakes a node when another has committed`() async throws {
        let (here, there) = (try await database.open(), try await database.open())
        let began = ContinuousClock.now
        let isWoken = Mutex(false)
        async let woken: Void = {
            await here.awaitChange(after: 0, upTo: .seconds(600))
            isWoken.withLock { $0 = true }
        }()
        // Nobody hears of what was committed before the node began to listen.
        var number = 0
        repeat {
            number += 1
            _ = try await there.commit([put("\(number)")])
            try await Task.sleep(for: .milliseconds(100))
        } while !isWoken.withLock { $0 }
        await woken
        _ = try await there.commit([put("last")])
        // What was told already is not waited for.
        for _ in 1...2 { await here.awaitChange(after: 0, upTo: .seconds(600)) }
        #expect(began.duration(to: .now) < .seconds(300))
        await here.awaitChange(after: try await here.latestChange(), upTo: .milliseconds(50))
        await here.close()
        await there.close()
    }

    @Test func `waits for nothing when it is cancelled or closed`() async throws {
        let store = try await database.open()
        let began = ContinuousClock.now
        let cancelled = Task { await store.awaitChange(after: 0, upTo: .seconds(600)) }
        let closed = Task { await store.awaitChange(after: 0, upTo: .seconds(600)) }
        try await Task.sleep(for: .milliseconds(100))
        cancelled.cancel()
        await cancelled.value
        await store.close()
        await closed.value
        #expect(began.duration(to: .now) < .seconds(300))
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
