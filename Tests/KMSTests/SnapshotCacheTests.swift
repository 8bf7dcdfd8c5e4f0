import Testing

@testable import KMS

@Suite("Recently used")
struct RecentlyUsedTests {
    @Test func `counts what leaves for want of room, and not what is dropped`() {
        var cache = RecentlyUsed<Int, Int>(capacity: 4)
        for number in 0..<4 { cache.insert(number, for: number) }
        #expect(cache.evictions == 0 && cache.count == 4)
        cache.insert(4, for: 4)
        #expect(cache.evictions == 2 && cache.count == 3)
        cache.remove(4)
        cache.removeAll()
        #expect(cache.evictions == 2)
    }
}

@Suite("The cache of keys")
struct KeyCacheStatisticsTests {
    @Test func `counts what was found in memory and what was read`() async throws {
        let deployment = try KMSDeployment()
        let key = try await deployment.makeKey()
        let before = deployment.service.cacheStatistics
        #expect(before.entries == 0 && before.entriesMax == 20_000 && before.hits == 0)
        for _ in 0..<3 { _ = try await deployment.metadata(of: key) }
        let after = deployment.service.cacheStatistics
        #expect(after.entries == 1 && after.misses - before.misses == 1 && after.hits - before.hits == 2)
        #expect(after.evictions == 0)
    }
}
