import Storage
import Testing

@Suite("DatabaseFile")
struct DatabaseFileTests {
    private static let key = RecordKey(RecordKind("kind"), "key")

    private func closed() async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore(path: directory.path("store.db"))
        _ = try await store.commit([.put(Self.key, [7], expecting: .any)])
        await store.close()
        return directory
    }

    @Test(arguments: [1, 511, 1_693, 4_095]) func `is refused when it was cut off within a page`(missing: Int)
        async throws
    {
        let directory = try await closed()
        let whole = try directory.bytes("store.db")
        let cut = Array(whole.dropLast(missing))
        try directory.write(cut, to: "store.db")
        #expect {
            _ = try SQLiteStore(path: directory.path("store.db"))
        } throws: { error in
            guard case StorageError.corrupted(.file(let path, let reason)) = error else { return false }
            return path == directory.path("store.db") && reason.contains("\(cut.count) bytes")
        }
        #expect(try directory.bytes("store.db") == cut)
    }

    @Test func `is taken over whole`() async throws {
        let directory = try await closed()
        let store = try SQLiteStore(path: directory.path("store.db"))
        #expect(try await store.read(Self.key)?.value == [7])
        await store.close()
    }

    @Test func `may end within a page while its log has that page`() async throws {
        let live = try TemporaryDirectory()
        let left = try TemporaryDirectory()
        let store = try SQLiteStore(path: live.path("store.db"))
        _ = try await store.commit([.put(Self.key, [7], expecting: .any)])
        for name in ["store.db", "store.db-wal", "store.db-shm"] {
            try left.write(try live.bytes(name), to: name)
        }
        await store.close()
        try left.write(try left.bytes("store.db") + [0, 0, 0], to: "store.db")
        let opened = try SQLiteStore(path: left.path("store.db"))
        #expect(try await opened.read(Self.key)?.value == [7])
        await opened.close()
    }
}
