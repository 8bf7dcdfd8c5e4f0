import Cryptography
import KES
import KESTesting
import Synchronization
import Testing

@Suite("VaultKeyStore")
struct VaultKeyStoreTests {
    private final class Watch: Sendable {
        private let time = Mutex(Duration.seconds(100))
        var elapsed: Duration { time.withLock { $0 } }
        func advance(_ by: Duration) { time.withLock { $0 += by } }
    }

    private let watch = Watch()
    private let name: KeyName

    init() throws { name = try KeyName("my-key") }

    private func store(
        _ player: VaultPlayer,
        version: VaultSettings.EngineVersion = .v2,
        change: (inout VaultSettings) -> Void = { _ in }
    ) throws -> VaultKeyStore {
        var settings = VaultSettings(
            endpoint: "http://vault:8200",
            engine: try #require(VaultPath("kv")),
            version: version,
            login: VaultSettings.Login(
                engine: try #require(VaultPath("approle")),
                namespace: nil,
                proof: .appRole(id: "the role id", secret: Redacted("the secret id"))
            )
        )
        change(&settings)
        return VaultKeyStore(
            settings,
            http: player,
            elapsed: { [watch] in watch.elapsed },
            pause: { _ in await Task.yield() }
        )
    }

    private func failure(_ store: VaultKeyStore) async -> KeyStoreError? {
        await KeyStoreSuite.failure { () throws(KeyStoreError) in try await store.value(name) }
    }

    private func expectUnavailable(_ error: KeyStoreError?, _ piece: String) {
        guard case .unavailable(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(piece), "\(reason)")
        #expect(!reason.contains("the secret id") && !reason.contains("token-"))
    }

    @Test(arguments: KeyStoreSuite.promises)
    func keeps(_ promise: KeyStoreSuite.Promise) async throws {
        try await promise.check(store(VaultPlayer()))
    }

    @Test(arguments: [true, false])
    func `lists all, from servers with pages and without`(_ hasPages: Bool) async throws {
        let player = VaultPlayer { state in
            state.hasPages = hasPages
            for number in 0..<2_500 { state.secrets["key-\(number)"] = "{}" }
            for other in ["folder/", "a.b", "_"] { state.secrets[other] = "{}" }
        }
        let moment = try #require(Moment(seconds: 0, nanoseconds: 0))
        let keys = KESKeyService(
            store: try store(player),
            expiry: CacheExpiry(),
            time: ServiceTime(ContinuousClock()) { moment }
        )
        #expect(try await keys.allNames(prefix: "") == (0..<2_500).map { "key-\($0)" }.sorted())
        #expect(try await keys.allNames(prefix: "key-249").count == 11)
        #expect(player.received.count { $0.path.contains("list=true") } == (hasPages ? 6 : 2))
    }

    @Test func `names the namespace, and shows its token to nobody else`() async throws {
        let player = VaultPlayer { $0.secrets["my-key"] = #"{"my-key":"value"}"# }
        let store = try store(player) { $0.namespace = "team/a" }
        #expect(try await store.value(name).isEqual(to: KeyStoreSuite.value("value")))
        _ = try await store.latency()
        let login = try #require(player.received.first)
        #expect(login.path == "auth/approle/login" && login.headers["x-vault-namespace"] == nil)
        let read = try #require(player.received.dropFirst().first)
        #expect(read.path == "kv/data/my-key?version=1" && read.headers["x-vault-namespace"] == "team/a")
        #expect(read.headers["x-vault-token"] == "token-1")
        #expect(player.received.last?.headers["x-vault-token"] == nil)
    }

    @Test func `renews its token at half time, and logs in again when that is over`() async throws {
        let player = VaultPlayer { $0.secrets["my-key"] = #"{"my-key":"value"}"# }
        let store = try store(player)
        _ = try await store.value(name)
        watch.advance(.seconds(1900))
        // An idle server keeps its token too.
        _ = try await store.latency()
        #expect(player.received.map(\.path).last == "auth/token/renew-self")
        watch.advance(.seconds(1700))
        _ = try await store.value(name)
        #expect(player.state.withLock { $0.logins } == 1)
        watch.advance(.seconds(3600))
        _ = try await store.value(name)
        #expect(player.state.withLock { $0.logins } == 2)
    }

    @Test func `logs in again where renewals no longer lengthen the token's life`() async throws {
        let player = VaultPlayer { $0.secrets["my-key"] = #"{"my-key":"value"}"# }
        let store = try store(player)
        _ = try await store.value(name)
        player.state.withLock { $0.lease = 600 }
        watch.advance(.seconds(1900))
        _ = try await store.value(name)
        #expect(player.state.withLock { $0.logins } == 2)
    }

    @Test func `replaces a token that was revoked, once`() async throws {
        let player = VaultPlayer { $0.secrets["my-key"] = #"{"my-key":"value"}"# }
        let store = try store(player)
        _ = try await store.value(name)
        player.state.withLock { $0.tokens = [] }
        watch.advance(.seconds(2))
        #expect(try await store.value(name).isEqual(to: KeyStoreSuite.value("value")))
        #expect(player.state.withLock { $0.logins } == 2)
    }

    @Test func `does not log in over and over for a right that it lacks`() async throws {
        let denial = VaultPlayer.Reply.answer(403, #"{"errors":["permission denied"]}"#)
        let player = VaultPlayer()
        let store = try store(player)
        _ = await failure(store)
        for age in [0, 10] {
            watch.advance(.seconds(age))
            player.state.withLock { $0.troubles = [denial] }
            expectUnavailable(await failure(store), "permission denied")
        }
        #expect(player.state.withLock { $0.logins } == 1)
    }

    @Test func `says that its login is refused, and waits before the next`() async throws {
        let player = VaultPlayer { $0.secretID = "another" }
        let store = try store(player)
        expectUnavailable(await failure(store), "invalid role or secret ID")
        expectUnavailable(await failure(store), "invalid role or secret ID")
        #expect(player.received.count == 1)
        player.state.withLock { $0.secretID = "the secret id" }
        watch.advance(.seconds(6))
        #expect(await failure(store) == .missing)
    }

    @Test func `keeps its token while nobody is there to renew it`() async throws {
        let player = VaultPlayer { $0.secrets["my-key"] = #"{"my-key":"value"}"# }
        let store = try store(player)
        _ = try await store.value(name)
        watch.advance(.seconds(1900))
        player.state.withLock { $0.troubles = [.nobody] }
        #expect(try await store.value(name).isEqual(to: KeyStoreSuite.value("value")))
        #expect(player.state.withLock { $0.logins } == 1)
    }

    @Test func `tells a sealed server from one that is away`() async throws {
        let player = VaultPlayer { $0.isSealed = true }
        let store = try store(player)
        expectUnavailable(
            await KeyStoreSuite.failure { () throws(KeyStoreError) in try await store.latency() },
            "is sealed"
        )
        expectUnavailable(await failure(store), "Vault is sealed")
        player.state.withLock { $0.troubles = [.nobody] }
        let away = await KeyStoreSuite.failure { () throws(KeyStoreError) in try await store.latency() }
        #expect(away == .unreachable(reason: "nobody there"))
    }

    @Test(
        arguments: [
            [.nobody], [.answer(500, ""), .answer(502, "<html>")], [.answer(429, "{}"), .nobody],
            [.answer(412, #"{"errors":["required index state not present"]}"#)],
        ] as [[VaultPlayer.Reply]]
    )
    func `has patience with a server that fails for a moment`(_ troubles: [VaultPlayer.Reply]) async throws {
        let player = VaultPlayer { $0.secrets["my-key"] = #"{"my-key":"value"}"# }
        let store = try store(player)
        _ = try await store.value(name)
        player.state.withLock { $0.troubles = troubles }
        #expect(try await store.value(name).isEqual(to: KeyStoreSuite.value("value")))
    }

    /// A status and a body that a proxy, a wrong address or a liar may give.
    struct Garbage: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: String

        init(_ status: Int, _ body: String) { (self.status, self.body) = (status, body) }

        var testDescription: String { "\(status) \(body.prefix(40))" }
    }

    @Test(arguments: [
        Garbage(404, "<html>not found</html>"), Garbage(404, "[]"),
        Garbage(404, #"{"errors":["no handler for route"]}"#),
        Garbage(404, #"{"errors":[],"warnings":["Invalid path for a versioned K/V secrets engine"]}"#),
        Garbage(200, ""), Garbage(200, "null"), Garbage(200, "{}"), Garbage(200, #"{"data":null}"#),
        Garbage(200, #"{"data":{"data":[]}}"#), Garbage(200, #"{"data":{"data":{"my-key":"value"}}}"#),
        Garbage(200, #"{"data":{"my-key":"value"}}"#),
        Garbage(200, #"{"data":{"data":{"my-key":1},"metadata":{"version":1}}}"#),
        Garbage(200, #"{"data":{"data":{"other":"value"},"metadata":{"version":1}}}"#),
        Garbage(200, #"{"data":{"data":{"my-key":"vault:v1:abc"},"metadata":{"version":1}}}"#),
        Garbage(204, ""), Garbage(302, ""), Garbage(307, ""), Garbage(400, #"{"errors":["bad"]}"#),
        Garbage(401, ""), Garbage(418, "{}"), Garbage(999, "{}"),
        Garbage(200, "{\"data\":" + String(repeating: "[", count: 100_000)),
        Garbage(200, String(repeating: " ", count: 2 << 20)),
    ]) func `takes no garbage for a key, nor for its absence`(_ garbage: Garbage) async throws {
        let (status, body) = (garbage.status, garbage.body)
        let player = VaultPlayer()
        let store = try store(player)
        _ = await failure(store)
        player.state.withLock { $0.troubles = Array(repeating: .answer(status, body), count: 3) }
        expectUnavailable(await failure(store), "")
        let name = name
        player.state.withLock { $0.troubles = Array(repeating: .answer(status, body), count: 3) }
        let deletion = await KeyStoreSuite.failure { () throws(KeyStoreError) in try await store.delete(name)
        }
        if status != 200 || !body.contains("metadata") { expectUnavailable(deletion, "") }
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"auth":{}}"#, #"{"auth":{"client_token":"a\r\nb","lease_duration":1}}"#,
    ])
    func `takes no garbage for a token`(_ body: String) async throws {
        let store = try store(VaultPlayer { $0.troubles = [.answer(200, body)] })
        expectUnavailable(await failure(store), "no token")
    }

    @Test func `refuses an engine of version 1 where 2 is set, before it writes`() async throws {
        let player = VaultPlayer { $0.version = "1" }
        let (store, name) = (try store(player), name)
        let error = await KeyStoreSuite.failure { () throws(KeyStoreError) in
            try await store.create(name, KeyStoreSuite.value("value"))
        }
        expectUnavailable(error, "no key-value engine of version 2")
        #expect(!player.received.contains { $0.method == "POST" && $0.path.hasPrefix("kv/") })
    }

    @Test func `knows its own key again when the answer to the creation was lost`() async throws {
        let player = VaultPlayer()
        let store = try store(player)
        _ = await failure(store)
        _ = await KeyStoreSuite.failure { () throws(KeyStoreError) in
            try await store.create(name, KeyStoreSuite.value("one"))
        }
        // The first attempt is carried out, and its answer lost.
        try await store.delete(name)
        player.state.withLock { state in
            state.troubles = [.nobody]
            state.secrets["my-key"] = #"{"my-key":"two"}"#
        }
        try await store.create(name, KeyStoreSuite.value("two"))
        player.state.withLock { $0.troubles = [.nobody] }
        let error = await KeyStoreSuite.failure { () throws(KeyStoreError) in
            try await store.create(name, KeyStoreSuite.value("three"))
        }
        #expect(error == .exists)
    }
}
