import Testing

@testable import Authorization

/// Whatever bytes a policy is made of, reading it ends, and what is refused allows nothing.
@Suite("Policy garbage")
struct PolicyGarbageTests {
    private static let valid = """
        {"Version":"2012-10-17","Id":"k","Statement":[{"Sid":"a","Effect":"Deny","Principal":{"AWS":\
        ["111122223333","arn:aws:iam::111122223333:role/r"],"Service":"s3.amazonaws.com"},"NotAction":["kms:Get*"],\
        "Resource":"arn:aws:kms:*:111122223333:key/${aws:PrincipalTag/k, 'd'}","Condition":{\
        "ForAnyValue:StringLike":{"aws:TagKeys":["\\u0061*","b"]},"NumericLessThan":{"kms:x":[1,-2.5e0]},\
        "DateLessThan":{"aws:CurrentTime":"2026-11-21T10:00:00Z"},"IpAddress":{"aws:SourceIp":"2001:db8::/32"},\
        "Null":{"aws:TokenIssueTime":true}}}]}
        """.replacing("-2.5e0", with: "-2.5")

    private static func read(_ text: String) -> PolicyDocument? {
        for kind in PolicyKind.allCases {
            do {
                let policy = try PolicyDocument(parsing: text, as: kind)
                if kind == .key { return policy }
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        return nil
    }

    /// A text without "Allow" in any spelling can never allow.
    private static func expectNeverAllows(_ text: String, _ comment: Comment) {
        guard let policy = read(text) else { return }
        for caller in [Caller.root(account: Scenario.account), .anonymous, .service("s3.amazonaws.com")] {
            #expect(!Authorizer.decide(Scenario.request(caller, policy: policy)).isAllowed, comment)
        }
    }

    @Test func `the text that is damaged below is a policy`() throws {
        let policy = try PolicyDocument(parsing: Self.valid, as: .key)
        #expect(policy.statements.count == 1)
    }

    @Test func `random bytes never crash and never allow`() {
        for seed in UInt64(0)..<3_000 {
            var random = SeededGenerator(seed: seed)
            let bytes = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            Self.expectNeverAllows(String(decoding: bytes, as: UTF8.self), "seed \(seed)")
        }
    }

    @Test func `random JSON punctuation never crashes and never allows`() {
        let pieces = [
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u12", "\"Statement\"", "\"Effect\"", "\"Deny\"", "1",
            "-",
            "true", "null", " ", "\"Principal\"", "\"*\"", "\"Condition\"",
        ]
        for seed in UInt64(0)..<3_000 {
            var random = SeededGenerator(seed: seed)
            let text = (0..<Int(random.next() % 40)).map { _ in random.pick(pieces) }.joined()
            Self.expectNeverAllows("{" + text, "seed \(seed)")
        }
    }

    @Test func `every truncation is refused`() {
        let bytes = Array(Self.valid.utf8)
        for length in 0..<bytes.count {
            let text = String(decoding: bytes[..<length], as: UTF8.self)
            #expect(Self.read(text) == nil, "\(length) bytes")
        }
    }

    @Test func `flipped, dropped and doubled bytes never crash and never allow`() {
        let bytes = Array(Self.valid.utf8)
        for seed in UInt64(0)..<4_000 {
            var random = SeededGenerator(seed: seed)
            var damaged = bytes
            for _ in 0...(random.next() % 3) {
                let index = Int(random.next() % UInt64(damaged.count))
                switch random.next() % 3 {
                case 0: damaged[index] ^= 1 << (random.next() % 7)
                case 1: damaged.remove(at: index)
                default: damaged.insert(damaged[index], at: index)
                }
            }
            Self.expectNeverAllows(String(decoding: damaged, as: UTF8.self), "seed \(seed)")
        }
    }

    @Test func `every duplicated member is refused`() {
        let members = [
            "\"Version\":\"2012-10-17\",", "\"Sid\":\"a\",", "\"Effect\":\"Deny\",", "\"Id\":\"k\",",
        ]
        for member in members {
            #expect(Self.valid.contains(member))
            #expect(Self.read(Self.valid.replacing(member, with: member + member)) == nil, "\(member)")
        }
    }

    @Test func `deep nesting is refused without being followed`() {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let text = String(repeating: open, count: 5_000) + "1" + String(repeating: close, count: 5_000)
            #expect(throws: PolicyError.invalidJSON(.tooDeep(depthMax: JSONReader.depthMax))) {
                try PolicyDocument(parsing: text, as: .identity)
            }
        }
    }
}
