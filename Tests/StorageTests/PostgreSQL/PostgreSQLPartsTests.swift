import Testing

@testable import Storage

@Suite("PostgreSQL, part by part")
struct PostgreSQLPartsTests {
    @Test func `an address shows where, and not how to get in`() throws {
        let address = try #require(
            PostgreSQLAddress(
                "postgres://anna:hunter2@db1:5432,db2:5433/keys?sslmode=verify-full&connect_timeout=9"
            )
        )
        #expect(address.description == "postgresql://db1,db2:5432,5433/keys")
        #expect(!"\(address)".contains("hunter2") && !String(reflecting: address).contains("hunter2"))
        var dumped = ""
        dump(address, to: &dumped)
        #expect(!dumped.contains("hunter2"))
        let options = address.exposingSecret {
            Dictionary(uniqueKeysWithValues: $0.map { ($0.name, $0.value) })
        }
        #expect(options["sslmode"] == "verify-full" && options["connect_timeout"] == "9")
        #expect(options["password"] == "hunter2" && options["client_encoding"] == "UTF8")
    }

    @Test(arguments: [
        "", "sqlite", "postgres:", "postgres//x", "mysql://x/y", "postgres://[::1/x",
        "postgres://x/y?nosuch=1",
        "postgres://x/y?sslmode", "postgres://x:y:z/w%zz", "postgres://x\0y/z", "host=x dbname=y",
    ])
    func `text that is no address is refused`(text: String) {
        #expect(PostgreSQLAddress(text) == nil)
    }

    @Test func `values keep every byte on their way there and back`() throws {
        let database = try TestDatabase()
        let all = (0...255).map { UInt8($0) }
        let rows = try database.run(
            "SELECT $1::bytea, $2::text, $3::int8, $4::bytea",
            [.bytes(all), .text("e\u{301}\u{1F511}"), .integer(.min), .bytes([])]
        )
        #expect(try rows.bytes(0, 0) == all && rows.bytes(0, 3).isEmpty)
        #expect(try Array(rows.text(0, 1).utf8) == Array("e\u{301}\u{1F511}".utf8))
        #expect(try rows.integer(0, 2) == .min)
        #expect(throws: PostgreSQLFailure.self) { try rows.integer(0, 0) }
        #expect(throws: PostgreSQLFailure.self) { try rows.text(0, 0) }
        #expect(throws: PostgreSQLFailure.self) { try rows.boolean(0, 2) }
        #expect(throws: PostgreSQLFailure.self) { try rows.bytes(1, 0) }
        #expect(throws: PostgreSQLFailure.self) { try rows.bytes(0, 4) }

        let arrays = try database.run(
            "SELECT * FROM unnest($1::int8[], $2::text[], $3::bytea[], $4::bool[])",
            [
                .integers([1, -2]), .texts(["", "b"]), .byteStrings([all, []]), .booleans([true, false]),
            ]
        )
        #expect(arrays.count == 2)
        #expect(try arrays.integer(1, 0) == -2 && arrays.text(0, 1) == "" && arrays.text(1, 1) == "b")
        #expect(try arrays.bytes(0, 2) == all && arrays.boolean(0, 3) && !arrays.boolean(1, 3))
        #expect(try database.run("SELECT * FROM unnest($1::int8[])", [.integers([])]).count == 0)
    }

    @Test func `after a statement that fails the connection goes on`() throws {
        let connection = try TestDatabase().connect()
        let statements = ["SELECT 1", "SELECT 1 / 0", "SELECT 2"].map { PostgreSQLStatement($0) }
        do throws(PostgreSQLFailure) {
            try connection.run(statements, until: .now + .seconds(5))
            Issue.record("a division by zero succeeded")
        } catch {
            guard case .refused(code: "22012", _) = error else { throw error }
        }
        #expect(!connection.isBroken && !connection.isInTransaction)
        #expect(try connection.run(statements[2], until: .now + .seconds(5)).count == 1)
    }

    @Test func `an answer that does not come in time ends the waiting`() throws {
        let database = try TestDatabase()
        let (holder, connection) = (try database.connect(), try database.connect())
        let lock = PostgreSQLStatement("SELECT pg_advisory_lock(hashtext($1))", [.text(database.schema)])
        try holder.run(lock, until: .now + .seconds(10))
        // As long as the other one has the lock, there is no answer.
        #expect(throws: PostgreSQLFailure.self) { try connection.run(lock, until: .now + .milliseconds(200)) }
    }

    @Test func `a batch of a shared transaction has its own fate`() {
        var plan = PostgreSQLPlan(latest: 10)
        plan.versions = [RecordKey(thing, "old"): 4]
        let outcomes = [
            [put("a", [1], .absent)],
            [put("b"), .delete(RecordKey(thing, "old"), expecting: .any), put("a", [2], .absent)],
            [put("c", [3], .absent), put("c", [4], .version(12))],
            [.delete(RecordKey(thing, "a"), expecting: .version(11)), put("old", [5], .version(4))],
            [
                .check(RecordKey(thing, "a"), expecting: .absent),
                .delete(RecordKey(thing, "a"), expecting: .any),
            ],
        ].map { plan.apply($0) }
        #expect(
            outcomes == [
                .success(CommitResult(versions: [11])), .failure(.conflict(RecordKey(thing, "a"))),
                .success(CommitResult(versions: [12, 13])), .success(CommitResult(versions: [14, 15])),
                .success(CommitResult(versions: [nil, nil])),
            ]
        )
        #expect(plan.latest == 15 && plan.changes.map(\.sequence) == Array(11...15))
        #expect(plan.puts.map(\.key.key) == ["c", "old"] && plan.puts.map(\.value) == [[4], [5]])
        #expect(plan.deletions == [RecordKey(thing, "a")])
    }

    @Test func `an outage lets callers wait, then turns them away but for one who tries`() {
        let outage = PostgreSQLOutage()
        let start = ContinuousClock.now
        #expect(outage.refusal(at: start) == nil)
        #expect(outage.note("gone", at: start) == nil)
        outage.end()
        #expect(outage.note("gone", at: start) != nil)
        #expect(outage.refusal(at: start + .seconds(1)) == nil)
        let later = start + .seconds(3)
        #expect(outage.note("gone", at: later) == nil)
        #expect(outage.refusal(at: later) != nil)
        #expect(outage.admission(at: later).isTrial)
        let storm = (0..<1000).map { outage.admission(at: later + .milliseconds($0)) }
        #expect((2...20).contains(storm.count { $0.isTrial }))
        #expect(storm.count { if case .refused = $0 { true } else { false } } > 900)
        outage.end()
        #expect(outage.refusal(at: later) == nil && !outage.admission(at: later).isTrial)
    }

    @Test func `a feed is known by the stamp of the last change`() {
        func page(_ numbers: [Int64], stamp: Int64?, last: Int64?, latest: Int64) -> FeedPage {
            let changes = numbers.map { Change(sequence: $0, key: RecordKey(thing, "a"), deleted: false) }
            return FeedPage(changes: changes, stampOfPosition: stamp, stampOfLast: last, latest: latest)
        }
        var witness = FeedWitness()
        func confirms(_ page: FeedPage, after position: Int64) -> Bool {
            witness.confirms(page, after: position)
        }
        #expect(confirms(page([1, 2], stamp: nil, last: 22, latest: 2), after: 0))
        #expect(confirms(page([], stamp: 22, last: nil, latest: 2), after: 2))
        // Trimmed just behind the position: nothing is missing.
        #expect(confirms(page([3], stamp: nil, last: 33, latest: 3), after: 2))
        #expect(confirms(page([], stamp: 33, last: nil, latest: 3), after: 3))
        let known = witness
        #expect(!confirms(page([], stamp: 44, last: nil, latest: 3), after: 3))
        witness = known
        #expect(!confirms(page([], stamp: nil, last: nil, latest: 2), after: 3))
        #expect(confirms(page([], stamp: 22, last: nil, latest: 2), after: 2))
    }

    @Test func `those who wait are served in their order`() {
        var line = WaitingLine<Int>()
        for number in 0..<3 { line.append(number) }
        let first = line.popFirst()
        line.append(3)
        #expect(first == 0 && line.all == [1, 2, 3] && line.count == 3)
        let rest = [line.popFirst(), line.popFirst(), line.popFirst(), line.popFirst()]
        #expect(rest == [1, 2, 3, nil])
    }

    @Test func `a snapshot is of one moment, in order, and whole`() async throws {
        let database = try TestDatabase()
        let store = try await database.open()
        let kinds = [RecordKind("b"), RecordKind("a"), RecordKind("a.b")]
        for kind in kinds {
            _ = try await store.commit(
                (0..<40).map { .put(RecordKey(kind, "\($0)"), [UInt8($0)], expecting: .any) }
            )
        }
        let snapshot = try await store.snapshot()
        _ = try await store.commit([.put(RecordKey(kinds[0], "new"), [1], expecting: .any)])
        _ = try await store.commit([.delete(RecordKey(kinds[1], "7"), expecting: .any)])
        var records: [Record] = []
        while case let page = try await snapshot.next(limit: 7), !page.isEmpty { records += page }
        #expect(records.count == 120)
        let names = records.map { Array("\($0.key.kind.rawValue)\0\($0.key.key)".utf8) }
        #expect(names == names.sorted { $0.lexicographicallyPrecedes($1) })
        #expect(try await snapshot.next(limit: 7).isEmpty)
        await snapshot.close()
        await snapshot.close()
        #expect(await failure { () throws(StorageError) in try await snapshot.next(limit: 7) } == .closed)
        await store.close()
        #expect(await failure { () throws(StorageError) in try await store.snapshot() } == .closed)
    }
}
