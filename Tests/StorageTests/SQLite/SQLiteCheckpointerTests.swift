import StorageTesting
import Testing

@testable import Storage

@Suite("SQLiteCheckpointer")
struct SQLiteCheckpointerTests {
    private let directory: TemporaryDirectory
    private let kind = RecordKind("thing")
    private var path: String { directory.path("store.db") }

    init() throws { directory = try TemporaryDirectory() }

    /// Commits so many values that fill a page each.
    private func fill(_ store: SQLiteStore, _ numbers: Range<Int>) async throws {
        let writes = numbers.map { number in
            Write.put(
                RecordKey(kind, "\(number)"),
                [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 3500),
                expecting: .any
            )
        }
        _ = try await store.commit(writes)
    }

    /// What tells one generation of the log from the next: its salts (SQLite, "Database File Format", section 4.1).
    private func generation() throws -> [UInt8] { Array(try directory.bytes("store.db-wal")[16..<24]) }

    @Test func `begins the log anew while commits go on, and loses none`() async throws {
        let store = try SQLiteStore(path: path)
        try await fill(store, 0..<100)
        let first = try generation()
        var count = 100
        // The copying has a thread of its own, which a busy machine may keep waiting.
        while try generation() == first, count < 100_000 {
            try await fill(store, count..<count + 100)
            count += 100
        }
        #expect(count > SQLiteCheckpointer.pagesMax / 2 && count < 100_000)
        for number in [0, 99, count / 2, count - 1] {
            let value = try await store.read(RecordKey(kind, "\(number)"))?.value
            #expect(value == [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 3500))
        }
        try await store.verify()
        await store.close()
        #expect(try directory.names() == ["store.db"])
    }

    @Test func `lets a log grow that a snapshot reads, and begins anew when it is closed`() async throws {
        let store = try SQLiteStore(path: path)
        try await fill(store, 0..<1)
        let snapshot = try await store.snapshot()
        let first = try generation()
        var count = 1
        while count < 3 * SQLiteCheckpointer.pagesMax {
            try await fill(store, count..<count + 500)
            count += 500
        }
        #expect(try generation() == first)
        #expect(try await snapshot.next(limit: 10).map(\.key.key) == ["0"])
        await snapshot.close()
        while try generation() == first, count < 100_000 {
            try await fill(store, count..<count + 500)
            count += 500
        }
        #expect(count < 100_000)
        try await store.verify()
        await store.close()
    }

    @Test func `that is closed keeps no commit back`() async throws {
        let store = try SQLiteStore(path: path)
        try store.checkpointer.close()
        for batch in 0..<10 { try await fill(store, batch * 1000..<(batch + 1) * 1000) }
        #expect(try await store.read(RecordKey(kind, "9999"))?.value.count == 3500)
        await store.close()
    }

    @Test func `copies at a length, folds the rest in, and waits before it tries again`() {
        let max = SQLiteCheckpointer.pagesMax
        var state = SQLiteCheckpointer.State()
        #expect(state.step(pages: max - 1) == nil)
        #expect(state.step(pages: max) == .beginCopying)
        #expect(state.step(pages: max + 100) == nil)
        state.phase = .copied
        #expect(state.step(pages: max + 200) == .foldRest)
        #expect(state.step(pages: max + 300) == nil)
        // A reader kept it from beginning anew.
        #expect(state.step(pages: 2 * max) == .beginCopying)
        state.phase = .copied
        #expect(state.step(pages: 2 * max + 1) == .foldRest)
        // Anew.
        #expect(state.step(pages: 3) == nil)
        #expect(state.step(pages: max - 1) == nil)
        #expect(state.step(pages: max) == .beginCopying)
    }
}
