import Storage
import StorageTesting
import Testing

@Suite("MemoryStore")
struct MemoryStoreTests {
    @Test(arguments: RecordStoreSuite.promises)
    func `keeps the promise`(_ promise: RecordStoreSuite.Promise) async throws {
        try await promise.check { MemoryStore() }
    }

    @Test(arguments: RecordStoreSuite.snapshotPromises)
    func `keeps the promise of snapshots`(_ promise: RecordStoreSuite.Promise) async throws {
        try await promise.check { MemoryStore() }
    }

    @Test func `trims its feed and says so`() async throws {
        let store = MemoryStore(changesKept: 50)
        try await RecordStoreSuite.checkTrimming(of: store, changesKept: 50, slack: 100)
    }
}
