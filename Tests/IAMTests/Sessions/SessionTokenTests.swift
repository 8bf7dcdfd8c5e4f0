import AWSProtocol
import Cryptography
import Foundation
import Testing

@testable import IAM

@Suite("Session tokens")
struct SessionTokenTests {
    private let keyring = RootKeyring.generate(now: Moment.after(-1_000))

    private func claims(_ principal: SessionClaims.Principal? = nil) throws -> SessionClaims {
        let session = RoleSession(
            id: try required(PrincipalID("AROAAAAAAAAAAAAAAAAA")),
            role: "app",
            name: try required(SessionName("session"))
        )
        return SessionClaims(
            account: try required(AccountID("111122223333")),
            principal: principal ?? .role(session),
            policies: try SessionPolicies(
                inline: #"{ "Version": "2012-10-17", "Statement": [] }"#,
                managed: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
            ),
            tags: try SessionTags([("Team", "blue"), ("x", "")], transitiveKeys: ["team"]),
            sourceIdentity: "alice",
            issuedAt: Moment.now,
            seconds: 900
        )
    }

    @Test func `hold all that was put in`() throws {
        let owner = SessionOwner(id: .user(), name: "alice")
        let name = try required(SessionName("bob"))
        for principal: SessionClaims.Principal? in [
            nil, .user(owner), .user(nil), .federatedUser(name, by: owner), .federatedUser(name, by: nil),
        ] {
            let claims = try claims(principal)
            let issued = try IssuedSession(claims, keyring: keyring, at: Moment.now)
            let opened = try required(issued.token.exposingSecret { SessionSeal.open($0, keyring: keyring) })
            #expect(opened.claims == claims)
            #expect(opened.claims.accessKeyID.isTemporary)
            #expect(issued.secret.exposingSecret { opened.secret.isEqual(to: SecretAccessKey($0)) })
        }
    }

    @Test func `have secrets of their own`() throws {
        let claims = try claims()
        let one = try IssuedSession(claims, keyring: keyring, at: Moment.now)
        let other = try IssuedSession(claims, keyring: keyring, at: Moment.now)
        #expect(one.secret.exposingSecret { !other.secret.isEqual(to: $0) })
        #expect(one.token.exposingSecret { !other.token.isEqual(to: $0) })
    }

    @Test func `open after a rotation of the root key, and under a key that all nodes have`() throws {
        let rotated = try required(keyring.rotated(now: Moment.now))
        let issued = try IssuedSession(try claims(), keyring: rotated, at: Moment.after(1))
        #expect(issued.token.exposingSecret { SessionSeal.open($0, keyring: keyring) } != nil)
        let later = try IssuedSession(try claims(), keyring: rotated, at: Moment.after(3_600))
        #expect(later.token.exposingSecret { SessionSeal.open($0, keyring: keyring) } == nil)
        #expect(later.token.exposingSecret { SessionSeal.open($0, keyring: rotated) } != nil)
    }

    @Test func `do not open with another keyring`() throws {
        let issued = try IssuedSession(try claims(), keyring: keyring, at: Moment.now)
        let other = RootKeyring.generate(now: Moment.now)
        #expect(issued.token.exposingSecret { SessionSeal.open($0, keyring: other) } == nil)
    }

    @Test func `with any byte changed, cut or added do not open`() throws {
        let token = try IssuedSession(try claims(), keyring: keyring, at: Moment.now).token
        let sealed = try required(token.exposingSecret { Base64.decode($0) })
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(SessionSeal.open(Base64.encode(changed), keyring: keyring) == nil, "byte \(index)")
        }
        for count in stride(from: 0, to: sealed.count, by: 13) {
            #expect(SessionSeal.open(Base64.encode(Array(sealed.prefix(count))), keyring: keyring) == nil)
        }
        #expect(SessionSeal.open(Base64.encode(sealed + [0]), keyring: keyring) == nil)
    }

    @Test(arguments: ["", "A", "garbage", "\u{0}", "é", "AAAA", String(repeating: "AAAA", count: 5_000)])
    func `that are none do not open`(_ text: String) {
        #expect(SessionSeal.open(text, keyring: keyring) == nil)
    }

    @Test func `sealed for another purpose do not open`() throws {
        for purpose in KeyPurpose.allCases where purpose != .sessionTokens {
            let content = [UInt8](repeating: 1, count: 100)
            let sealed = try KeyWrap(keyring: keyring, purpose: purpose).seal(
                record: content,
                authenticating: []
            )
            #expect(SessionSeal.open(Base64.encode(sealed), keyring: keyring) == nil)
        }
    }

    @Test func `of the right seal and the wrong content do not open`() throws {
        let wrap = KeyWrap(keyring: keyring, purpose: .sessionTokens)
        let contents: [[UInt8]] = [
            [], [1], [2] + Array(repeating: 65, count: 60), [1] + Array(repeating: 65, count: 60),
        ]
        for content in contents {
            let sealed = try wrap.seal(record: content, authenticating: [])
            #expect(SessionSeal.open(Base64.encode(sealed), keyring: keyring) == nil)
        }
    }

    @Test func `and their secrets print nothing`() throws {
        let issued = try IssuedSession(try claims(), keyring: keyring, at: Moment.now)
        let secret = issued.secret.exposingSecret { $0 }
        let token = issued.token.exposingSecret { $0 }
        var dumped = ""
        dump([issued], to: &dumped)
        for text in ["\(issued)", String(reflecting: issued), dumped, "\(Optional(issued) as Any)"] {
            #expect(!text.contains(secret))
            #expect(!text.contains(token))
        }
    }
}

@Suite("Session tags")
struct SessionTagTests {
    @Test func `differ in more than case`() {
        #expect(throws: SessionTagFault.duplicateTags) {
            try SessionTags([("a", "1"), ("A", "2")], transitiveKeys: [])
        }
    }

    @Test func `cannot be AWS's own`() {
        #expect(throws: SessionTagFault.reservedTag) { try SessionTags([("AWS:x", "1")], transitiveKeys: []) }
    }

    @Test func `are passed on only where they are set`() {
        #expect(throws: SessionTagFault.unknownTransitiveTag) {
            try SessionTags([("a", "1")], transitiveKeys: ["b"])
        }
    }

    @Test func `go on in a chain and cannot be set anew`() throws {
        let first = try SessionTags([("a", "1"), ("b", "2")], transitiveKeys: ["A"])
        let second = try SessionTags([("c", "3")], transitiveKeys: []).inheriting(first)
        #expect(second.values == ["a": "1", "c": "3"])
        let third = try SessionTags().inheriting(second)
        #expect(third.values == ["a": "1"])
        #expect(throws: SessionTagFault.inheritedTag) {
            try SessionTags([("A", "2")], transitiveKeys: []).inheriting(second)
        }
    }
}

@Suite("Session policies")
struct SessionPolicyTests {
    @Test func `lose the spaces between their words alone`() throws {
        let text =
            "{\n \"Version\" : \"2012-10-17\",\t\"Statement\": [ { \"Sid\": \"a\", \"Effect\": \"Allow\","
            + " \"Action\": \"s3:*\", \"Resource\": \"arn:aws:s3:::a b\\\" c\" } ] }"
        let policies = try SessionPolicies(inline: text, managed: [])
        #expect(
            policies.inline
                == "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"a\",\"Effect\":\"Allow\","
                + "\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::a b\\\" c\"}]}"
        )
    }

    @Test(arguments: ["", "{", "[]", "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\"}]}"])
    func `that are no policies are refused`(_ text: String) {
        #expect(throws: (any Error).self) { try SessionPolicies(inline: text, managed: []) }
    }

    @Test func `and tags have a limit together`() throws {
        let none = try SessionTags([], transitiveKeys: [])
        #expect(PackedSize.percent(of: .none, none) == nil)
        let few = try SessionTags([("a", "b")], transitiveKeys: [])
        #expect(PackedSize.percent(of: .none, few) == 1)
        let many = try SessionTags(
            (0..<50).map { ("key-\($0)", String(repeating: "x", count: 250)) },
            transitiveKeys: []
        )
        #expect(try required(PackedSize.percent(of: .none, many)) > 100)
    }
}
