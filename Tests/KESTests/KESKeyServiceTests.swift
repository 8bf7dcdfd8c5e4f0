import Cryptography
import Foundation
import KES
import KESTesting
import Synchronization
import Testing

@Suite("KESKeyService")
struct KESKeyServiceTests {
    private let store = ScriptedKeyStore()
    private let clock = ManualClock()
    private let moment: Moment

    init() throws { moment = try #require(Samples.moment) }

    private func service(_ expiry: CacheExpiry = CacheExpiry()) -> KESKeyService {
        KESKeyService(store: store, expiry: expiry, time: ServiceTime(clock) { [moment] in moment })
    }

    private func make(_ names: String..., in service: KESKeyService) async throws {
        for name in names { try await service.create(try KeyName(name), by: Samples.identity) }
    }

    @Test func `makes, describes, uses and deletes a key`() async throws {
        let service = service()
        let name = try KeyName("my-key")
        try await make("my-key", in: service)
        let shown = try await service.describe(name)
        #expect(shown.algorithm == "AES256" && shown.createdAt == moment)
        #expect(shown.createdBy == Samples.identity)
        let generated = try await service.generate(name, context: [1])
        let opened = try await service.decrypt(name, generated.ciphertext, context: [1])
        let isSame = opened.isEqual(to: generated.plaintext)
        #expect(isSame)
        #expect(try await service.hmac(name, [1]).count == 32)
        await #expect(throws: KESError.keyExists) { try await service.create(name, by: "") }
        try await service.delete(name)
        #expect(service.keyInMemory(name) == nil)
        await #expect(throws: KESError.keyMissing) { _ = try await service.describe(name) }
        await #expect(throws: KESError.keyMissing) { try await service.delete(name) }
    }

    @Test func `imports a key, and refuses others`() async throws {
        let service = service()
        let key = Samples.secret(Samples.zeroKey)
        try await service.importKey(try KeyName("aes"), key, cipher: "AES256", by: "")
        try await service.importKey(try KeyName("chacha"), key, cipher: "XCHACHA20-POLY1305", by: "")
        #expect(try await service.describe(try KeyName("chacha")).algorithm == "ChaCha20")
        let vector = try #require(CiphertextVectorTests.vectors.first { $0.name == "G4 AES" })
        let opened = try await service.decrypt(try KeyName("aes"), vector.ciphertext, context: [])
        let content = Samples.content(opened)
        #expect(content == [UInt8](repeating: 0, count: 16))
        let name = try KeyName("other")
        await #expect(throws: KESError.algorithmNotSupported("")) {
            try await service.importKey(name, key, cipher: "", by: "")
        }
        await #expect(throws: KESError.invalidKeySize("AES256")) {
            try await service.importKey(name, Samples.secret("short"), cipher: "AES256", by: "")
        }
        await #expect(throws: KESError.keyMissing) { _ = try await service.describe(name) }
    }

    @Test func `reads the store once for many who want the same key`() async throws {
        try await make("my-key", in: service())
        let service = service()
        let name = try KeyName("my-key")
        #expect(service.keyInMemory(name) == nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { _ = try await service.key(name) } }
            try await group.waitForAll()
        }
        #expect(store.reads == 1)
        #expect(service.keyInMemory(name) != nil)
    }

    @Test func `decrypts many, or none`() async throws {
        let service = service()
        let name = try KeyName("my-key")
        try await make("my-key", in: service)
        var items: [BulkCiphertext] = []
        for number in 0..<UInt8(5) {
            let ciphertext = try await service.encrypt(name, Samples.secret([number]), context: [number])
            items.append(BulkCiphertext(ciphertext: ciphertext, context: [number]))
        }
        let plaintexts = try await service.bulkDecrypt(name, items)
        #expect(plaintexts.map { Samples.content($0) } == (0..<5).map { [$0] })
        let broken = items + [BulkCiphertext(ciphertext: items[0].ciphertext, context: [9])]
        await #expect(throws: KESError.decryptionFailed) { _ = try await service.bulkDecrypt(name, broken) }
        let many = [BulkCiphertext](repeating: items[0], count: KESKeyService.bulkCountMax + 1)
        await #expect(throws: KESError.tooManyCiphertexts) { _ = try await service.bulkDecrypt(name, many) }
    }

    @Test func `lists to the end, page by page, with one walk through the store`() async throws {
        let service = service(CacheExpiry(any: .zero, unused: .zero))
        let all = (0..<2_500).map { "my-key-\($0)" }
        for name in all + ["other"] {
            try await store.create(try KeyName(name), KeyStoreSuite.value("x"))
        }
        var (names, pattern, pages): ([String], String?, Int) = ([], "my*", 0)
        while let text = pattern {
            let page = try await service.list(try ListPattern(text))
            names += page.names
            pages += 1
            pattern = page.continueAt
            #expect(pattern?.hasPrefix("my~") != false)
        }
        #expect(names == all.sorted() && pages == 3)
        #expect(store.lists == 1)
        #expect(try await service.list(.everything).names.count == 1024)
    }

    @Test func `tells failures of the store apart, and why to the operator alone`() async throws {
        let heard = Mutex<[String]>([])
        let service = KESKeyService(
            store: store,
            expiry: CacheExpiry(),
            time: ServiceTime(clock) { [moment] in moment },
            onStoreFailure: { call, error in heard.withLock { $0.append("\(call.rawValue): \(error)") } }
        )
        let name = try KeyName("my-key")
        store.fail(with: .unavailable(reason: "full"))
        await #expect(throws: KESError.storeFailed(.create)) { try await service.create(name, by: "") }
        await #expect(throws: KESError.storeFailed(.read)) { _ = try await service.key(name) }
        await #expect(throws: KESError.storeFailed(.delete)) { try await service.delete(name) }
        await #expect(throws: KESError.storeFailed(.list)) { _ = try await service.list(.everything) }
        #expect(heard.withLock { $0 }.first == "create key: the key store fails: full")
        #expect(heard.withLock { $0.count } == 4)
        #expect(await service.state() == .unavailable)
        await #expect(throws: KESError.storeUnavailable) { try await service.checkReady() }
        store.fail(with: .unreachable(reason: "gone"))
        #expect(await service.state() == .unreachable)
        await #expect(throws: KESError.storeUnreachable) { try await service.checkReady() }
        store.fail(with: nil)
        #expect(await service.probe() == .online(latency: .milliseconds(1)))
        try await service.checkReady()
    }

    @Test func `refuses a value that is no key`() async throws {
        let name = try KeyName("garbage")
        try await store.create(name, KeyStoreSuite.value("no key"))
        await #expect(throws: KESError.storeFailed(.read)) { _ = try await service().key(name) }
    }

    @Test func `makes the keys that are missing`() async throws {
        let service = service()
        try await make("one", in: service)
        let material = try await store.value(try KeyName("one"))
        try await service.createMissing([try KeyName("one"), try KeyName("two")], by: "")
        #expect(try await service.list(.everything).names == ["one", "two"])
        #expect(try await store.value(try KeyName("one")).isEqual(to: material))
    }
}

@Suite("A store of KES's keys")
struct KeyStoreHandoverTests {
    /// Two servers in turn on one folder, and a file that KES itself wrote.
    @Test func `is written, reopened, and read by another server`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kes-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let moment = try #require(Samples.moment)
        let time = ServiceTime(ManualClock()) { moment }
        func server() throws -> KESKeyService {
            KESKeyService(store: try FileKeyStore(path: folder.path), expiry: CacheExpiry(), time: time)
        }
        let name = try KeyName("my-key")
        let first = try server()
        try await first.create(name, by: Samples.identity)
        let ciphertext = try await first.encrypt(name, Samples.secret("text"), context: [1])
        let code = try await first.hmac(name, [1])
        let file = folder.appending(path: "from-kes").path
        #expect(FileManager.default.createFile(atPath: file, contents: Data(StoredKeyTests.vector.utf8)))
        let second = try server()
        #expect(try await second.list(.everything).names == ["from-kes", "my-key"])
        #expect(try await second.describe(KeyName("from-kes")).createdBy == Samples.identity)
        let opened = try await Samples.content(second.decrypt(name, ciphertext, context: [1]))
        #expect(opened == Array("text".utf8))
        #expect(try await second.hmac(name, [1]) == code)
        try await second.delete(name)
        // The first has it in memory until it expires; a fresh one does not.
        #expect(first.keyInMemory(name) != nil)
        await #expect(throws: KESError.keyMissing) { _ = try await server().key(name) }
    }
}
