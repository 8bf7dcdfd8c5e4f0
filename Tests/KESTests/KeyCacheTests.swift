import KES
import KESTesting
import Testing

@Suite("Keys in memory")
struct KeyCacheTests {
    private let store = ScriptedKeyStore()
    private let clock = ManualClock()
    private let moment: Moment
    private let name: KeyName

    init() async throws {
        moment = try #require(Samples.moment)
        name = try KeyName("my-key")
        try await store.create(name, try StoredKey.write(.fresh(.aes256, at: moment, by: "")))
    }

    private func service(any: Int = 0, unused: Int = 0, offline: Int = 0) -> KESKeyService {
        let expiry = CacheExpiry(any: .seconds(any), unused: .seconds(unused), offline: .seconds(offline))
        return KESKeyService(store: store, expiry: expiry, time: ServiceTime(clock) { [moment] in moment })
    }

    @Test func `stay for ever when no rule is on`() async throws {
        let service = service()
        _ = try await service.key(name)
        clock.advance(by: .seconds(1_000_000))
        service.cache.sweep(now: clock.now.offset)
        #expect(service.keyInMemory(name) != nil)
    }

    @Test func `leave after 'any', used or not`() async throws {
        let service = service(any: 300)
        _ = try await service.key(name)
        for _ in 0..<29 {
            clock.advance(by: .seconds(10))
            #expect(service.keyInMemory(name) != nil)
        }
        clock.advance(by: .seconds(10))
        #expect(service.keyInMemory(name) == nil)
        #expect(store.reads == 1)
        _ = try await service.key(name)
        #expect(store.reads == 2)
    }

    @Test func `leave after 'unused' without a use, and stay with one`() async throws {
        let service = service(unused: 30)
        _ = try await service.key(name)
        for _ in 0..<100 {
            clock.advance(by: .seconds(29))
            #expect(service.keyInMemory(name) != nil)
        }
        clock.advance(by: .seconds(30))
        #expect(service.keyInMemory(name) == nil)
        service.cache.sweep(now: clock.now.offset)
        #expect(service.cache.count == 0)
    }

    @Test func `serve while the store is away, for as long as 'offline' says`() async throws {
        let service = service(any: 60, unused: 30, offline: 3_600)
        _ = try await service.key(name)
        store.fail(with: .unreachable(reason: "gone"))
        clock.advance(by: .seconds(45))
        // Expired, swept, and asked for before anybody noticed: still there.
        service.cache.sweep(now: clock.now.offset)
        _ = try await service.key(name)
        #expect(service.cache.isOffline)
        clock.advance(by: .seconds(3_599))
        service.cache.sweep(now: clock.now.offset)
        _ = try await service.key(name)
        clock.advance(by: .seconds(1))
        await #expect(throws: KESError.storeFailed(.read)) { _ = try await service.key(name) }
        store.fail(with: nil)
        _ = await service.probe()
        _ = try await service.key(name)
        #expect(!service.cache.isOffline)
    }

    @Test func `expire in an outage as ever without 'offline'`() async throws {
        let service = service(any: 60)
        _ = try await service.key(name)
        store.fail(with: .unreachable(reason: "gone"))
        _ = await service.probe()
        clock.advance(by: .seconds(59))
        _ = try await service.key(name)
        clock.advance(by: .seconds(1))
        await #expect(throws: KESError.storeFailed(.read)) { _ = try await service.key(name) }
    }

    @Test func `are not put back by a read from before their deletion`() async throws {
        let service = service()
        let key = try await service.key(name)
        let reading = service.cache.reading
        try await service.delete(name)
        service.cache.insert(name, key, now: .zero, reading: reading)
        #expect(service.keyInMemory(name) == nil)
    }
}
