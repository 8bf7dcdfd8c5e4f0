import Storage
import StorageTesting
import Testing

@Suite("WatchedStore")
struct WatchedStoreTests {
    @Test(arguments: RecordStoreSuite.promises)
    func `keeps the promise over memory`(_ promise: RecordStoreSuite.Promise) async throws {
        try await promise.check { WatchedStore(MemoryStore()) }
    }

    @Test func `is writable before anything was written`() async {
        #expect(await WatchedStore(MemoryStore()).isWritable())
    }

    @Test func `finds out by a write of its own that a full store has room again`() async throws {
        let directory = try TemporaryDirectory()
        var options = SQLiteStore.Options()
        options.pagesMax = 40
        let base = try SQLiteStore(path: directory.path("store.db"), options: options)
        let store = WatchedStore(base)
        var written: [RecordKey] = []
        await #expect(throws: StorageError.full) {
            while true {
                let key = RecordKey(RecordKind("filling"), "\(written.count)")
                _ = try await store.commit([.put(key, [UInt8](repeating: 1, count: 3_000), expecting: .any)])
                written.append(key)
            }
        }
        #expect(written.count > 10)
        #expect(await !store.isWritable())
        // Past the watch, so that nothing but its own trial can tell.
        _ = try await base.commit(written.map { .delete($0, expecting: .any) })
        #expect(await store.isWritable())
        #expect(try await store.scan(RecordKind("node.trial"), prefix: "", after: nil, limit: 1).isEmpty)
        await store.close()
    }

    @Test func `takes a conflict for no sign of trouble`() async throws {
        let store = WatchedStore(MemoryStore())
        let key = RecordKey(RecordKind("kind"), "key")
        await #expect(throws: StorageError.conflict(key)) {
            _ = try await store.commit([.put(key, [1], expecting: .version(7))])
        }
        #expect(await store.isWritable())
    }
}
