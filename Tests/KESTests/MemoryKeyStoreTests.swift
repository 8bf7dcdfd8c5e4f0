import KES
import KESTesting
import Testing

@Suite("MemoryKeyStore")
struct MemoryKeyStoreTests {
    @Test(arguments: KeyStoreSuite.promises)
    func keeps(_ promise: KeyStoreSuite.Promise) async throws {
        try await promise.check(MemoryKeyStore())
    }
}
