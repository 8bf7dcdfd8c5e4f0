import Crypto

@testable import KES

/// KES's `config.yml`: whatever is read means the same again, and lets nobody in whom it does not name.
enum KESConfigurationTarget {
    static let target = FuzzTarget(name: "kes-configuration", bytesMax: 4_096, run: run) {
        FuzzTarget.seeds([
            ("small", small), ("whole", whole),
            ("environment", small.replacing("disabled", with: "${ADMIN}")),
            ("anchor", "a: &a [*a]\n" + small), ("merge", "x: &x {fs: {path: k}}\n" + small),
            ("twice", small + small), ("deep", String(repeating: "[", count: 400)),
            ("vault", small.replacing("fs: { path: ./keys }", with: vault)),
        ])
    }

    private static let admin = String(repeating: "a1", count: 32)
    private static let member = String(repeating: "b2", count: 32)
    private static let vault =
        "vault: { endpoint: \"https://v:8200\", version: v2, approle: { id: a, secret: b }, status: { ping: 10s } }"
    private static let small = """
        admin: { identity: disabled }
        tls: { key: k, cert: c }
        policy:
          p:
            allow: [ /v1/key/*/my-key*, "/v1/key/[a-d]*/x" ]
            deny: [ /v1/key/delete/* ]
            identities: [ \(member) ]
        keystore: { fs: { path: ./keys } }

        """
    private static let whole = """
        version: v1
        address: 0.0.0.0:7373
        admin: { identity: \(admin) }
        tls:
          key: k
          cert: c
          password: p
          auth: "on"
          ca: d
          proxy: { identities: [ \(String(repeating: "c3", count: 32)) ], header: { cert: X-C } }
        api: { /v1/ready: { skip_auth: true, timeout: 15s }, /v1/key/create/: { timeout: 1m0.5s } }
        policy: { p: { allow: [ /v1/* ], identities: [ "${MEMBER}" ] } }
        cache: { expiry: { any: 5m0s, unused: 20s, offline: 0s } }
        log: { error: WARN+2, audit: off }
        keys: [ { name: one } ]
        keystore:
          aws: { secretsmanager: { endpoint: e, region: r, kmskey: k, credentials: { accesskey: a, secretkey: b } } }

        """

    private static let environment = ["ADMIN": admin, "MEMBER": member, "EMPTY": "", "SPACE": " x "]
    private static let stranger = Identity(digest: SHA256.hash(data: [1, 2, 3]))
    private static let paths = [
        "/v1/key/create/my-key", "/v1/key/delete/my-key", "/v1/key/b/x", "/version", "",
    ]

    static func run(_ input: [UInt8]) {
        let text = input.repairedText
        guard let read = parse(text) else { return }
        guard let again = parse(text) else { broken("a configuration is read once and then not again") }
        promise(read.warnings == again.warnings && read.address == again.address, "it is read otherwise")
        promise(read.admin != stranger, "a stranger is the admin")
        for path in paths.map({ Array($0.utf8) }) {
            promise(!read.policies.decide(stranger, path: path).isAllowed, "a stranger may do something")
            for (identity, policy) in read.policies.identities {
                let decision = read.policies.decide(identity, path: path)
                guard let policy else {
                    promise(decision == .allowedAsAdmin, "the admin may not do something")
                    continue
                }
                let rules = accepted { () throws(KESError) in try read.policies.policy(policy) }
                guard let rules else { broken("a policy is named that is not there") }
                let isDenied = rules.deny.contains { $0.matchesPrefix(path) || $0.matchesGlob(path) }
                let isAllowed = rules.allow.contains { $0.matchesPrefix(path) || $0.matchesGlob(path) }
                promise(
                    decision.isAllowed == (isAllowed && !isDenied),
                    "a decision is not what the rules say"
                )
            }
        }
    }

    private static func parse(_ text: String) -> KESConfiguration? {
        accepted { () throws(KESConfigurationError) in
            try KESConfiguration.parse(text, environment: environment)
        }
    }
}
