import Foundation
import Testing

@testable import Storage

@Suite("PostgreSQL that fails")
struct PostgreSQLFaultTests {
    private let database: TestDatabase

    init() throws { database = try TestDatabase() }

    @Test func `a cut connection goes unnoticed when nothing was being committed`() async throws {
        let store = try await database.open()
        _ = try await store.commit([put("a")])
        let connection = try database.connect()
        for number in 0..<5 {
            try database.cutConnections(except: connection)
            #expect(try await store.read(RecordKey(thing, "a")) != nil)
            try database.cutConnections(except: connection)
            _ = try await store.commit([put("\(number)")])
        }
        #expect(try await store.latestChange() == 6)
        await store.close()
    }

    @Test func `whoever is cut off while writing is told, and what was acknowledged is there`() async throws {
        let store = try await database.open(connectionsMax: 6)
        let connection = try database.connect()
        let acknowledged = try await withThrowingTaskGroup(of: [String].self) { group in
            for task in 0..<8 {
                group.addTask {
                    var names: [String] = []
                    for number in 0..<60 {
                        let name = "\(task)/\(number)"
                        let error = await failure { () throws(StorageError) in
                            try await store.commit([put(name, [1], .absent)])
                        }
                        switch error {
                        case nil: names.append(name)
                        case .unavailable: continue
                        case let other?: Issue.record("\(other)")
                        }
                    }
                    return names
                }
            }
            for _ in 0..<20 {
                try database.cutConnections(except: connection)
                try await Task.sleep(for: .milliseconds(10))
            }
            return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
        }
        let there = Set(try await store.scan(thing, prefix: "", after: nil, limit: 1000).map(\.key.key))
        #expect(acknowledged.isSubset(of: there))
        #expect(acknowledged.count > 100)
        let feed = try await store.changes(after: 0, limit: 1000)
        #expect(feed.map(\.sequence) == Array(1...Int64(there.count)))
        await store.close()
    }

    @Test func `a node that stops in the middle of a commit keeps the others out for seconds only`()
        async throws
    {
        let store = try await database.open()
        let stuck = try PostgreSQLSession.connect(to: database.address, until: .now + .seconds(5))
        try stuck.run(
            [
                PostgreSQLStatement("BEGIN"),
                PostgreSQLStatement("SELECT latest FROM strongroom_feed WHERE id = 1 FOR UPDATE"),
            ],
            until: .now + .seconds(5)
        )
        _ = try await store.commit([put("a")])
        #expect(throws: PostgreSQLFailure.self) {
            try stuck.run(PostgreSQLStatement("COMMIT"), until: .now + .seconds(5))
        }
        await store.close()
    }

    @Test func `a feed that fell back behind its follower is told as a gap`() async throws {
        let store = try await database.open()
        for number in 0..<6 { _ = try await store.commit([put("\(number)")]) }
        #expect(try await store.changes(after: 0, limit: 100).count == 6)
        #expect(try await store.changes(after: 6, limit: 100).isEmpty)
        // A standby takes over that had not heard of the last three commits.
        try database.run("DELETE FROM strongroom_changes WHERE sequence > 3")
        try database.run("UPDATE strongroom_feed SET latest = 3")
        let shorter = await failure { () throws(StorageError) in try await store.changes(after: 6, limit: 100)
        }
        #expect(shorter == .changesTrimmed(oldest: 4))

        #expect(try await store.changes(after: 0, limit: 100).count == 3)
        try database.run("DELETE FROM strongroom_changes WHERE sequence > 2")
        try database.run("UPDATE strongroom_feed SET latest = 2")
        for number in 0..<4 { _ = try await store.commit([put("other \(number)")]) }
        let other = await failure { () throws(StorageError) in try await store.changes(after: 3, limit: 100) }
        #expect(other == .changesTrimmed(oldest: 7))
        await store.close()
    }

    @Test func `a server that is away is told within seconds, then at once, and noticed when it is back`()
        async throws
    {
        let server = try TestListener()
        let url = try TestDatabase.url().replacing(#/@127.0.0.1:\d+/#, with: "@127.0.0.1:\(server.port)")
        let address = try #require(PostgreSQLAddress(url))
        // The listener takes connections and says nothing, so that it is the deadline that ends the waiting.
        let began = ContinuousClock.now
        let silent = await failure { () throws(StorageError) in try await PostgreSQLStore.open(address) }
        #expect(silent.map { isUnavailable($0) } == true)
        #expect(began.duration(to: .now) < .seconds(600))
        server.close()

        let outage = PostgreSQLOutage()
        let pool = PostgreSQLPool(address, outage: outage, threadsMax: 2)
        let ask = { () async -> StorageError? in
            await failure { () async throws(StorageError) in
                try await pool.perform { connection, deadline throws(PostgreSQLFailure) in
                    try connection.run(PostgreSQLStatement("SELECT 1"), until: deadline).count
                }
            }
        }
        let first = ContinuousClock.now
        #expect(await ask().map { isUnavailable($0) } == true)
        #expect(first.duration(to: .now) < .seconds(120))
        let second = ContinuousClock.now
        for _ in 0..<100 { #expect(await ask() != nil) }
        // Each of them would wait for two seconds if the outage were not known.
        #expect(second.duration(to: .now) < .seconds(150))
        await pool.close()
    }

    @Test func `no password is in what is told`() async throws {
        let url = try TestDatabase.url().replacing("://strongroom:", with: "://strongroom:hunter2-")
        let address = try #require(PostgreSQLAddress(url))
        let error = await failure { () throws(StorageError) in try await PostgreSQLStore.open(address) }
        let text = String(reflecting: error) + (error?.description ?? "")
        #expect(text.contains("password authentication failed"))
        #expect(!text.contains("hunter2"))
        #expect(!String(reflecting: address).contains("hunter2"))
        #expect(address.redacting("connecting to \(url)").contains("<redacted>"))
    }

    @Test func `tables of a newer version, and other people's, are left alone`() async throws {
        try database.run("CREATE TABLE strongroom_records (id int)")
        #expect(
            await failure { () throws(StorageError) in try await PostgreSQLStore.open(database.address) }
                != nil
        )
        #expect(try database.run("SELECT to_regclass('strongroom_feed') IS NULL").boolean(0, 0))
        try database.run("DROP TABLE strongroom_records")
        await (try await database.open()).close()
        try database.run("INSERT INTO strongroom_migrations (number, name) VALUES (99, 'from the future')")
        let error = await failure { () throws(StorageError) in
            try await PostgreSQLStore.open(database.address)
        }
        #expect(error?.description.contains("newer version") == true)
    }

    @Test func `a database without a store is not given one by those who only look`() async throws {
        let error = await failure { () throws(StorageError) in
            try await PostgreSQLStore.open(database.address, creating: false)
        }
        #expect(error?.description.contains("there is no store") == true)
        #expect(try database.run("SELECT to_regclass('strongroom_feed') IS NULL").boolean(0, 0))
        await (try await database.open()).close()
        await (try await PostgreSQLStore.open(database.address, creating: false)).close()
    }

    @Test func `nodes that start at once make the tables once`() async throws {
        let stores = try await withThrowingTaskGroup(of: PostgreSQLStore.self) { group in
            for _ in 0..<6 { group.addTask { try await database.open() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(try database.run("SELECT count(*) FROM strongroom_migrations").integer(0, 0) == 1)
        for store in stores { await store.close() }
    }

    private func isUnavailable(_ error: StorageError) -> Bool {
        if case .unavailable = error { true } else { false }
    }
}

/// A port that takes connections and never says anything.
private final class TestListener: Sendable {
    private let socket: Int32
    let port: UInt16

    init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { [socket] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, length) | listen(socket, 8) | getsockname(socket, pointer, &length)
            }
        }
        try #require(result == 0)
        port = UInt16(bigEndian: address.sin_port)
    }

    func close() { Glibc.close(socket) }
}
