import Cryptography
import KES
import Testing

@Suite("keystore.vault of config.yml")
struct VaultSettingsTests {
    private func parse(_ vault: String, _ environment: [String: String] = [:]) throws -> (
        settings: VaultSettings, warnings: [String]
    ) {
        let configuration = try KESConfiguration.parse(
            KESConfigurationTests.least + "keystore:\n  vault: { \(vault) }\n",
            environment: environment
        )
        guard case .vault(let settings) = configuration.keyStore else {
            throw KESConfigurationError.missing(setting: "keystore.vault")
        }
        return (settings, configuration.warnings)
    }

    @Test func `is read whole`() throws {
        let (settings, warnings) = try parse(
            """
            endpoint: "vault.internal:8200", engine: a/kv, version: V2, namespace: team, prefix: /minio/ä/,
            transit: { engine: wrap, key: kes }, approle: { engine: roles, namespace: /, id: me, secret: "${S}" },
            kubernetes: { engine: "", namespace: "", role: "", jwt: "" },
            tls: { key: k.pem, cert: c.pem, ca: ca.pem }, status: { ping: 30s }
            """,
            ["S": "secret"]
        )
        #expect(settings.endpoint == "https://vault.internal:8200" && settings.version == .v2)
        #expect(settings.engine.encoded == "a/kv" && settings.prefix.encoded == "minio/%C3%A4")
        #expect(settings.namespace == "team" && settings.login.namespace == nil)
        #expect(settings.transit?.engine.encoded == "wrap" && settings.transit?.key.encoded == "kes")
        #expect(settings.login.engine.encoded == "roles")
        guard case .appRole("me", let secret) = settings.login.proof else {
            Issue.record("\(settings.login)")
            return
        }
        #expect(secret.isEqual(to: "secret"))
        #expect(settings.tls == .init(keyPath: "k.pem", certificatePath: "c.pem", authoritiesPath: "ca.pem"))
        #expect(settings.ping == .seconds(30) && warnings.isEmpty, "\(warnings)")
    }

    @Test func `has the documented defaults`() throws {
        let (settings, warnings) = try parse("endpoint: 'http://a', kubernetes: { role: kes }, namespace: x")
        #expect(settings.endpoint == "http://a" && settings.engine.encoded == "kv")
        #expect(settings.version == .v1 && settings.prefix.isEmpty && settings.transit == nil)
        #expect(settings.login.engine.encoded == "kubernetes" && settings.login.namespace == "x")
        guard case .kubernetes("kes", .file(VaultSettings.KubernetesToken.pathDefault)) = settings.login.proof
        else {
            Issue.record("\(settings.login)")
            return
        }
        #expect(settings.tls == .init() && settings.ping == .seconds(10) && warnings.isEmpty)
    }

    @Test func `tells a token of Kubernetes from the path of one`() throws {
        let role = "endpoint: 'http://a', kubernetes: { role: kes, jwt: "
        guard case .kubernetes(_, .text(let token)) = try parse(role + "a.b-_.c }").settings.login.proof,
            case .kubernetes(_, .file("./token")) = try parse(role + "./token }").settings.login.proof
        else {
            Issue.record("one was taken for the other")
            return
        }
        #expect(token.isEqual(to: "a.b-_.c"))
    }

    @Test func `asks Vault every minute at least`() throws {
        let (settings, warnings) = try parse(
            "endpoint: 'http://a', approle: { id: a, secret: b }, status: { ping: 5m }, retry: 3"
        )
        #expect(settings.ping == .seconds(60))
        #expect(warnings.contains { $0.contains("'keystore.vault.status.ping' is longer than a minute") })
        #expect(warnings.contains { $0.contains("'keystore.vault.retry' is not a setting") })
    }

    @Test func `shows no secret`() throws {
        let role = try parse("endpoint: 'http://a', approle: { id: i, secret: hunter2 }").settings
        let token = try parse("endpoint: 'http://a', kubernetes: { role: r, jwt: hunter2 }").settings
        for settings in [role, token] {
            var dumped = ""
            dump(settings, to: &dumped)
            for text in ["\(settings)", String(reflecting: settings), dumped, "\([settings] as [Any])"] {
                #expect(!text.contains("hunter2"))
            }
        }
    }

    private static let start = "endpoint: 'http://a', approle: { id: i, secret: s }"

    @Test(arguments: [
        ("approle: { id: i, secret: s }", "kesconf: 'keystore.vault.endpoint' is not set"),
        (
            "endpoint: 'http://a/v1', approle: { id: i, secret: s }",
            "kesconf: line 7: 'keystore.vault.endpoint' is not the address of an HTTP server"
        ),
        ("endpoint: a", "kesconf: 'keystore.vault.approle.id' is not set"),
        ("endpoint: a, approle: { secret: s }", "kesconf: 'keystore.vault.approle.id' is not set"),
        ("endpoint: a, approle: { id: i }", "kesconf: 'keystore.vault.approle.secret' is not set"),
        ("endpoint: a, kubernetes: { jwt: a/b }", "kesconf: 'keystore.vault.kubernetes.role' is not set"),
        (
            start + ", kubernetes: { role: r }",
            "kesconf: line 7: 'keystore.vault.kubernetes' is set beside 'approle'; a server logs in one way"
        ),
        (start + ", version: v3", "kesconf: line 7: 'keystore.vault.version' is neither v1 nor v2"),
        (start + ", engine: a/../b", "kesconf: line 7: 'keystore.vault.engine' is not a path of Vault"),
        (start + ", prefix: ..", "kesconf: line 7: 'keystore.vault.prefix' is not a path of Vault"),
        (
            start + ", namespace: 'a b'",
            "kesconf: line 7: 'keystore.vault.namespace' is not the name of a namespace"
        ),
        (start + ", tls: { key: k }", "kesconf: 'keystore.vault.tls.cert' is not set"),
        (start + ", tls: { cert: c }", "kesconf: 'keystore.vault.tls.key' is not set"),
    ]) func `is refused with one clear line`(_ vault: String, _ message: String) {
        do {
            _ = try parse(vault)
            Issue.record("it was taken")
        } catch {
            #expect("\(error)" == message)
        }
    }
}
