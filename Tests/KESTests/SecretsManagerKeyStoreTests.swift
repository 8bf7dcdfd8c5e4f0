import AWSProtocol
import Cryptography
import Foundation
import KES
import KESTesting
import KeyStores
import Testing

@Suite("SecretsManagerKeyStore", .serialized)
struct SecretsManagerKeyStoreTests {
    private func withStore(
        _ player: SecretsManagerPlayer,
        _ body: (any KeyStore, ScriptedHTTPServer) async throws -> Void
    ) async throws {
        let server = try await ScriptedHTTPServer.start { request in player.reply(to: request) }
        let settings = SecretsManagerSettings(
            endpoint: server.url,
            region: try #require(Region("eu-west-1")),
            kmsKey: "alias/keys",
            credentials: .init(
                accessKey: "AKIDEXAMPLE",
                secretKey: Redacted("the secret key"),
                token: Redacted("the token")
            )
        )
        let http = HTTPClientExchange(patience: 12)
        let store = SecretsManagerKeyStore(
            settings,
            http: http,
            credentials: try #require(settings.credentials),
            now: { Date(timeIntervalSince1970: 1_700_000_000) },
            pause: { _ in await Task.yield() }
        )
        do {
            try await body(store, server)
        } catch {
            Issue.record(error)
        }
        try await http.shutdown()
        try await server.stop()
    }

    @Test(arguments: KeyStoreSuite.promises)
    func keeps(_ promise: KeyStoreSuite.Promise) async throws {
        try await withStore(SecretsManagerPlayer()) { store, _ in try await promise.check(store) }
    }

    @Test func `signs its calls and names the key and the Region`() async throws {
        try await withStore(SecretsManagerPlayer()) { store, server in
            try await store.create(try KeyName("my-key"), KeyStoreSuite.value("value"))
            let request = try #require(server.received.first)
            let authorization = try #require(request.headers["authorization"])
            #expect(
                authorization.hasPrefix(
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20231114/eu-west-1/secretsmanager/aws4_request, "
                )
            )
            #expect(request.headers["x-amz-security-token"] == "the token")
            #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
            #expect(try JSON.parse(request.body)["KmsKeyId"]?.text == "alias/keys")
        }
    }

    @Test func `leaves out secrets that are no keys`() async throws {
        let player = SecretsManagerPlayer(pageSize: 2)
        for name in ["my-key", "prod/database", "rds!db-1", "a.b", "_"] { player.put(name, "x") }
        try await withStore(player) { store, _ in
            var (names, token): ([KeyName], String?) = ([], nil)
            repeat {
                let page = try await store.list(prefix: "", continuing: token)
                names += page.names
                token = page.next
            } while token != nil
            #expect(try names == [KeyName("my-key")])
        }
    }

    @Test(
        arguments: [
            [.hangUp], [.answer(500, ""), .answer(503, "<html>")],
            [.answer(400, #"{"__type":"ThrottlingException"}"#), .hangUp],
        ] as [[ScriptedHTTPServer.Reply]]
    )
    func `has patience with a service that fails for a moment`(
        _ troubles: [ScriptedHTTPServer.Reply]
    ) async throws {
        let player = SecretsManagerPlayer(troubles: troubles)
        player.put("my-key", "value")
        try await withStore(player) { store, server in
            let value = try await store.value(KeyName("my-key"))
            #expect(value.isEqual(to: KeyStoreSuite.value("value")))
            #expect(server.received.count == troubles.count + 1)
        }
    }

    @Test(
        arguments: [
            (.answer(400, #"{"__type":"AccessDeniedException","Message":"no"}"#), false),
            (.answer(200, "garbage"), false), (.answer(200, "[]"), false), (.answer(200, "{}"), false),
            (.answer(302, ""), false), (.answer(200, String(repeating: " ", count: 2 << 20)), false),
            (.answer(500, ""), false), (.hangUp, true),
        ] as [(ScriptedHTTPServer.Reply, Bool)]
    )
    func `tells what it cannot use from nobody there`(
        _ reply: ScriptedHTTPServer.Reply,
        _ isUnreachable: Bool
    ) async throws {
        let player = SecretsManagerPlayer(troubles: [reply, reply, reply])
        try await withStore(player) { store, _ in
            let name = try KeyName("my-key")
            switch await KeyStoreSuite.failure(of: { () throws(KeyStoreError) in try await store.value(name) }
            ) {
            case .unreachable: #expect(isUnreachable)
            case .unavailable(let reason):
                #expect(!isUnreachable)
                #expect(!reason.contains("secret key") && !reason.contains("the token"))
            case let other: Issue.record("\(String(describing: other))")
            }
        }
    }

    @Test func `takes any answer for a sign of life, and none for none`() async throws {
        let player = SecretsManagerPlayer(troubles: [.answer(500, ""), .hangUp])
        try await withStore(player) { store, _ in
            _ = try await store.latency()
            let failure = await KeyStoreSuite.failure { () throws(KeyStoreError) in try await store.latency()
            }
            guard case .unreachable = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }
}
