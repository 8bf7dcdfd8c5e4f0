import AWSProtocol
import Cryptography
import KES
import Testing

@Suite("config.yml")
struct KESConfigurationTests {
    static let identity = "02ef5321ca409dbc7b10e7e8ee44d1c3b91e4bf6e2198befdebee6312745267b"
    static let other = "7b10e7e8ee44d1c302ef5321ca409dbcb91e4bf6e2198befdebee6312745267b"

    /// What every configuration needs, and no more.
    static let least = "admin:\n  identity: disabled\ntls:\n  key: server.key\n  cert: server.cert\n"

    private func parse(_ text: String, _ environment: [String: String] = [:]) throws -> KESConfiguration {
        try KESConfiguration.parse(text, environment: environment)
    }

    private static let full = """
        version: v1
        address: 127.0.0.1:7000
        admin:
          identity: ${ADMIN}
        tls:
          key: ./server.key
          cert: ./server.cert
          password: ${PASSWORD}
          auth: on
          ca: /etc/ca
          proxy:
            identities: ["\(other)"]
            header: { cert: X-Client }
        api:
          /v1/ready: { skip_auth: true, timeout: 5s }
          /v1/key/create/: { timeout: 1m }
        policy:
          my-app:
            allow:
            - /v1/key/create/my-app*
            - ${NOT_REPLACED}
            deny: [ /v1/key/create/my-app-internal* ]
            identities:
            - \(identity)
            - ${UNSET_BUT_EMPTY}
        cache:
          expiry: { any: 10m0s, offline: 1h30m }
        log: { error: WARN+1, audit: off }
        keys:
        - name: one
        - name: two
        keystore:
          aws:
            secretsmanager:
              endpoint: secretsmanager.eu-west-1.amazonaws.com
              region: eu-west-1
              kmskey: ""
              credentials: { accesskey: AKID, secretkey: "${SECRET}", token: "" }
        """

    @Test func `is read whole`() throws {
        let admin = APIKey().identity
        let read = try parse(
            Self.full,
            ["ADMIN": admin.text, "PASSWORD": "p", "SECRET": "s", "UNSET_BUT_EMPTY": ""]
        )
        #expect(read.address == ListenAddress(host: "127.0.0.1", port: 7000))
        #expect(read.admin == admin && read.policies.admin == admin)
        #expect(read.tls.keyPath == "./server.key" && read.tls.certificatePath == "./server.cert")
        #expect(read.tls.password?.isEqual(to: "p") == true)
        #expect(read.tls.verifiesClients == true && read.tls.authoritiesPath == "/etc/ca")
        let proxy = try #require(Identity(Self.other))
        #expect(read.tls.proxy?.identities == [proxy])
        #expect(read.tls.proxy?.certificateHeader == "X-Client")
        #expect(read.routes["/v1/ready"] == .init(skipsAuthentication: true, timeout: .seconds(5)))
        #expect(read.routes["/v1/key/create/"] == .init(skipsAuthentication: false, timeout: .seconds(60)))
        let policy = try read.policies.policy("my-app")
        #expect(policy.allow.map(\.text) == ["/v1/key/create/my-app*", "${NOT_REPLACED}"])
        #expect(policy.deny.map(\.text) == ["/v1/key/create/my-app-internal*"])
        #expect(read.policies.identities.count == 2)
        #expect(read.cache == CacheExpiry(any: .seconds(600), unused: .seconds(30), offline: .seconds(5_400)))
        #expect(read.errorLog.level == 5 && read.auditLog == .off)
        #expect(try read.keys == [KeyName("one"), KeyName("two")])
        guard case .secretsManager(let manager) = read.keyStore else {
            Issue.record("\(read.keyStore)")
            return
        }
        #expect(manager.endpoint == "https://secretsmanager.eu-west-1.amazonaws.com")
        #expect(manager.region.description == "eu-west-1" && manager.kmsKey == nil)
        #expect(manager.credentials?.secretKey.isEqual(to: "s") == true)
        #expect(manager.credentials?.accessKey == "AKID" && manager.credentials?.token == nil)
        #expect(read.warnings.isEmpty, "\(read.warnings)")
    }

    @Test func `has the documented defaults`() throws {
        let read = try parse(Self.least + "keystore:\n  fs:\n    path: ./keys\n")
        #expect(read.address == .standard && read.admin == nil && read.tls.verifiesClients == nil)
        #expect(read.cache == CacheExpiry(any: .seconds(300), unused: .seconds(30), offline: .zero))
        #expect(read.errorLog == .info && read.keys.isEmpty && read.routes.isEmpty)
        guard case .files("./keys") = read.keyStore else {
            Issue.record("\(read.keyStore)")
            return
        }
        #expect(read.warnings.isEmpty)
    }

    /// Setting one expiry leaves the others alone.
    @Test(arguments: [
        ("any: 1m", CacheExpiry(any: .seconds(60))), ("unused: 20s", CacheExpiry(unused: .seconds(20))),
        ("offline: 1h", CacheExpiry(offline: .seconds(3_600))), ("unused: 0s", CacheExpiry(unused: .zero)),
    ]) func `keeps each expiry to itself`(_ text: String, _ expiry: CacheExpiry) throws {
        #expect(try parse(Self.least + "cache: { expiry: { \(text) } }").cache == expiry)
    }

    @Test func `warns of what has no effect, what is old and what is not kept`() throws {
        let read = try parse(
            "root: \(Self.identity)\ntls: { key: k, cert: c, keys: x }\n"
                + "policy:\n  app:\n    denny: [ /v1/x ]\n    paths: [ /v1/key/* ]\n    identities: [ nobody ]\n"
        )
        #expect(read.admin == Identity(Self.identity))
        for piece in [
            "'root' is the old name", "line 2: 'tls.keys' is not a setting",
            "line 5: 'policy.app.denny' is not a setting", "'policy.app.paths' is the old name",
            "line 7: 'policy.app.identities' holds 'nobody'", "allow '/v1/key/*' means different things",
            "no 'keystore' is set",
        ] {
            #expect(read.warnings.contains { $0.contains(piece) }, "\(piece): \(read.warnings)")
        }
    }

    @Test(arguments: [
        ("tls: { key: k, cert: c }", "kesconf: 'admin.identity' is not set"),
        ("admin: { identity: x }", "kesconf: 'tls.key' is not set"),
        (least + "version: v2", "kesconf: line 6: 'version' is 'v2'; the only version is v1"),
        (
            least + "address: localhost:7373",
            "kesconf: line 6: 'address' is not an IP address and a port, such as 0.0.0.0:7373"
        ),
        (
            least + "keystore:\n  fs:\n    path: ${TEST_AK}",
            "kesconf: referenced env. variable 'TEST_AK' in line '8' not found"
        ),
        (
            least + "cache:\n  expiry:\n    any: soon",
            "kesconf: line 8: 'cache.expiry.any' is no duration such as 5m, 30s or 1h30m"
        ),
        (least + "cache:\n  expiry:\n    any: -5m", "kesconf: line 8: 'cache.expiry.any' is negative"),
        (
            least + "api: { /v1/ready: { skip_auth: perhaps } }",
            "kesconf: line 6: 'api./v1/ready.skip_auth' is neither true nor false"
        ),
        (least + "policy: [ a ]", "kesconf: line 6: 'policy' is not a section"),
        (
            least + "policy: { a.b: { allow: [] } }",
            "kesconf: line 6: 'policy.a.b' policy name 'a.b' is empty, too long or contains invalid characters"
        ),
        (least + "policy: { a: { allow: /v1/x } }", "kesconf: line 6: 'policy.a.allow' is not a list"),
        (
            least + "policy:\n  a: { identities: [ \(identity) ] }\n  b: { identities: [ \(identity) ] }",
            "kesconf: line 8: 'policy.b.identities' holds \(identity), which is in policy 'a' already"
        ),
        (
            least.replacing("disabled", with: identity) + "policy: { a: { identities: [ \(identity) ] } }",
            "kesconf: line 6: 'policy.a.identities' holds the admin's identity"
        ),
        (
            least
                + "keystore:\n  fs: { path: x }\n  aws: { secretsmanager: { endpoint: a, region: us-east-1 } }",
            "kesconf: line 6: 'keystore' has more than one key store: keystore.fs and keystore.aws"
        ),
        (least + "keystore: { fs: {} }", "kesconf: 'keystore.fs.path' is not set"),
        (least + "keystore: { aws: {} }", "kesconf: 'keystore.aws.secretsmanager' is not set"),
        (
            least + "keystore: { aws: { secretsmanager: { endpoint: 'http://a/b', region: us-east-1 } } }",
            "kesconf: line 6: 'keystore.aws.secretsmanager.endpoint' is not the address of an HTTP server"
        ),
        (
            least + "keystore:\n  gcp: { secretmanager: { project_id: p } }",
            "kesconf: line 7: 'keystore.gcp' is not offered: this server cannot keep keys in Google Cloud "
                + "Secret Manager; it offers 'fs', 'aws.secretsmanager', 'vault' and 'strongroom'"
        ),
        (
            least + "keys: [ { name: a.b } ]",
            "kesconf: line 6: 'keys.name' key name 'a.b' is empty, too long or contains invalid characters"
        ),
        (
            least + "log: { error: loud }",
            "kesconf: line 6: 'log.error' is none of on, off, DEBUG, INFO, WARN, ERROR, a level such as ERROR+1"
        ),
        ("a: [", "kesconf: line 2: the file is no YAML: did not find expected node content"),
        ("a: 1\na: 2", "kesconf: line 1: set more than once: a"),
        ("just text", "kesconf: line 1: '' is not a section"),
        ("", "kesconf: 'admin.identity' is not set"),
    ]) func `is refused with one clear line`(_ text: String, _ message: String) throws {
        do throws(KESConfigurationError) {
            _ = try KESConfiguration.parse(text, environment: [:])
            Issue.record("it was taken")
        } catch {
            #expect("\(error)" == message)
        }
    }

    @Test func `survives garbage`() {
        var generator = SeededGenerator(seed: 11)
        let bytes = Array(Self.full.utf8)
        for round in 0..<3_000 {
            var text = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<text.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: text[place] = UInt8.random(in: 0x20..<0x7f, using: &generator)
                case 1: text.remove(at: place)
                default: text.removeSubrange(place..<min(place + 40, text.count))
                }
            }
            do throws(KESConfigurationError) {
                _ = try KESConfiguration.parse(String(decoding: text, as: UTF8.self), environment: [:])
            } catch {
                #expect("\(error)".hasPrefix("kesconf: "), "round \(round)")
            }
        }
    }

    @Test(arguments: [
        ("5m0s", 300_000), ("1h30m", 5_400_000), ("1.5s", 1_500), (".5s", 500), ("300ms", 300), ("0", 0),
        ("+2s", 2_000), ("-1s", -1_000), ("1h1m1s1ms", 3_661_001),
    ]) func `has durations as Go writes them`(_ text: String, _ milliseconds: Int) {
        #expect(Duration(go: text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "5", "s", "5 m", "5x", "1..5s", ".s", "1e3s", "-", "99999999999999h", "5m-1s"])
    func `has no other durations`(_ text: String) { #expect(Duration(go: text) == nil) }
}
