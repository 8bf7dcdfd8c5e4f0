import KES
import Testing

@Suite("Policies")
struct PolicyTests {
    private func policy(allow: [String], deny: [String] = []) -> KESPolicy {
        KESPolicy(name: "app", allow: allow.map { PathPattern($0) }, deny: deny.map { PathPattern($0) })
    }

    private func allows(_ policy: KESPolicy, _ path: String) -> Bool {
        policy.decide(Array(path.utf8)).isAllowed
    }

    /// Pattern, path, and whether it matches: as a prefix since October 2023, as a glob before.
    @Test(arguments: [
        ("/v1/status", "/v1/status", true, true),
        ("/v1/status", "/v1/status/", false, false),
        ("/v1/key/create/my*", "/v1/key/create/my-key", true, true),
        ("/v1/key/create/my*", "/v1/key/create/my", true, true),
        ("/v1/key/create/my*", "/v1/key/create/other", false, false),
        ("/v1/key/list/*", "/v1/key/list/", true, true),
        ("/v1/key/list/*", "/v1/key/list", false, false),
        ("/v1/key/*", "/v1/key/create/a", true, false),
        ("/v1/*", "/v1/status", true, true),
        ("*", "/v1/status", true, false),
        ("/v1/key/*/my-key", "/v1/key/create/my-key", false, true),
        ("/v1/key/*/my-key-internal*", "/v1/key/generate/my-key-internal-1", false, true),
        ("/v1/key/*/my-key-internal*", "/v1/key/bulk/decrypt/my-key-internal", false, false),
        ("/v1/key/create/?", "/v1/key/create/a", false, true),
        ("/v1/key/create/?", "/v1/key/create/ab", false, false),
        ("/v1/key/create?a", "/v1/key/create/a", false, false),
        ("/v1/key/create/[a-c]", "/v1/key/create/b", false, true),
        ("/v1/key/create/[^a-c]", "/v1/key/create/b", false, false),
        ("/v1/key/create/[^a-c]", "/v1/key/create/d", false, true),
        ("/v1/key/create[/]a", "/v1/key/create/a", false, true),
        ("/v1/key/create[^x]a", "/v1/key/create/a", false, true),
        ("/v1/key/create/[ab]x*y", "/v1/key/create/bx123y", false, true),
        ("/v1/key/create/\\*", "/v1/key/create/*", false, true),
        ("/v1/key/create/[", "/v1/key/create/[", true, false),
        ("/v1/key/create/[]a]", "/v1/key/create/a", false, false),
        ("/v1/key/create/*a*b", "/v1/key/create/xaab", false, true),
        ("", "", true, true),
        ("", "/", false, false),
    ]) func `are read in both ways`(_ text: String, _ path: String, _ prefix: Bool, _ glob: Bool) {
        let pattern = PathPattern(text)
        #expect(pattern.matchesPrefix(Array(path.utf8)) == prefix)
        #expect(pattern.matchesGlob(Array(path.utf8)) == glob)
        #expect(pattern.matches(Array(path.utf8)) == (prefix || glob))
    }

    @Test func `deny whatever either reading denies`() {
        let policy = policy(
            allow: ["/v1/key/create/*", "/v1/key/generate/*"],
            deny: ["/v1/key/*/my-key-internal*", "/v1/key/create/secret*"]
        )
        #expect(allows(policy, "/v1/key/generate/my-key"))
        #expect(!allows(policy, "/v1/key/generate/my-key-internal2"))
        #expect(!allows(policy, "/v1/key/create/secret-1"))
        #expect(allows(policy, "/v1/key/generate/secret-1"))
        #expect(!allows(policy, "/v1/key/decrypt/my-key"))
    }

    @Test func `warn of patterns whose readings differ, and only of those`() {
        #expect(policy(allow: ["/v1/key/create/my*", "/v1/status", "/v1/key/list/*"]).warnings.isEmpty)
        let warnings = policy(allow: ["/v1/key/*"], deny: ["/v1/key/*/a", "/v1/key/create/["]).warnings
        #expect(warnings.count == 3)
        #expect(warnings.first?.hasPrefix("policy 'app': deny '/v1/key/*/a' means") == true)
    }

    /// Adding a deny never allows more, whatever the patterns are.
    @Test func `never allow more with one more deny`() {
        var generator = SeededGenerator(seed: 7)
        let alphabet = Array("/ab*?[]-^\\")
        func text(_ countMax: Int) -> String {
            String(
                (0..<Int.random(in: 0...countMax, using: &generator)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                }
            )
        }
        for round in 0..<20_000 {
            let (allow, deny, path) = (text(8), text(8), Array(text(10).utf8))
            let open = policy(allow: [allow]).decide(path).isAllowed
            let closed = policy(allow: [allow], deny: [deny]).decide(path).isAllowed
            #expect(!closed || open, "round \(round): \(allow) \(deny)")
            #expect(closed == (open && !PathPattern(deny).matches(path)), "round \(round): \(allow) \(deny)")
        }
    }

    /// Patterns of this kind take some matchers exponential time.
    @Test func `match hostile patterns quickly`() {
        let pattern = PathPattern(String(repeating: "a*", count: 200) + "b")
        #expect(!pattern.matches([UInt8](repeating: UInt8(ascii: "a"), count: 5_000)))
    }

    @Test func `are decided by who calls, with the reason`() throws {
        let admin = APIKey().identity
        let (user, stranger) = (APIKey().identity, APIKey().identity)
        let set = PolicySet(
            admin: admin,
            policies: [policy(allow: ["/v1/status"], deny: ["/v1/metrics"])],
            assignments: [user: "app"]
        )
        let path = Array("/v1/status".utf8)
        #expect(set.decide(admin, path: path) == .allowedAsAdmin)
        #expect(set.decide(user, path: path) == .allowedByRule(policy: "app", pattern: .init("/v1/status")))
        #expect(set.decide(stranger, path: path) == .deniedWithoutPolicy)
        let denied = set.decide(user, path: Array("/v1/metrics".utf8))
        #expect(denied == .deniedByRule(policy: "app", pattern: PathPattern("/v1/metrics")))
        #expect(denied.explanation(user, "/v1/metrics") == "policy 'app' denies /v1/metrics by '/v1/metrics'")
        #expect(set.decide(user, path: Array("/v1/api".utf8)) == .deniedWithoutRule(policy: "app"))
        #expect(set.identities.count == 2 && set.policyNamesInOrder == ["app"])
        #expect(throws: KESError.policyMissing) { _ = try set.policy("other") }
        #expect(throws: KESError.invalidName(.policy, "a.b")) { _ = try set.policy("a.b") }
        #expect(throws: KESError.identityMissing) { _ = try set.policy(of: stranger) }
        #expect(try set.policy(of: user)?.name == "app")
        #expect(try set.policy(of: admin) == nil)
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
