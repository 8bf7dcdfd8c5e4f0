import Foundation
import Testing

@testable import IAM

@Suite("Web identity tokens")
struct JSONWebTokenTests {
    private let issuer: TestIssuer
    private let keys: JSONWebKeySet

    init() throws {
        issuer = try TestIssuer()
        keys = try JSONWebKeySet(parsing: Array(try issuer.keySet.utf8))
    }

    private func verify(_ text: String, at now: Date = Moment.now) async throws -> WebIdentity {
        let token = try JSONWebToken(text)
        guard let key = try keys.key(for: token) else { throw WebIdentityError.unknownKey }
        try await key.verify(token)
        return try WebIdentity(token, from: try TestIssuer.provider, at: now)
    }

    private func refusal(_ text: String, at now: Date = Moment.now) async throws -> WebIdentityError? {
        do {
            _ = try await verify(text, at: now)
            return nil
        } catch let error as WebIdentityError {
            return error
        }
    }

    @Test(arguments: [
        ("RS256", "rsa"), ("RS384", "rsa"), ("RS512", "rsa"), ("ES256", "p256"), ("ES384", "p384"),
    ])
    func `are taken with each algorithm`(_ algorithm: String, _ key: String) async throws {
        let token = try issuer.token(TestIssuer.claims(), algorithm: algorithm, key: key)
        let identity = try await verify(token)
        #expect(identity.subject == "system:serviceaccount:ns:app")
        #expect(identity.audience == "sts.amazonaws.com")
    }

    @Test(arguments: ["none", "None", "HS256", "HS384", "PS256", "EdDSA", "ES512", "RS1", ""])
    func `are refused by the name of their algorithm`(_ algorithm: String) async throws {
        let token = try issuer.token(TestIssuer.claims(), algorithm: "RS256")
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        let header = TestIssuer.encode("{\"alg\":\"\(algorithm)\",\"kid\":\"rsa\"}")
        #expect(try await refusal("\(header).\(parts[1]).\(parts[2])") == .refusedAlgorithm(algorithm))
        #expect(try await refusal("\(header).\(parts[1]).") == .refusedAlgorithm(algorithm))
    }

    @Test func `signed with the public key as an HMAC secret are refused`() async throws {
        let token = try issuer.token(TestIssuer.claims(), algorithm: "HS256")
        #expect(try await refusal(token) == .refusedAlgorithm("HS256"))
    }

    @Test(arguments: [("RS256", "p256"), ("ES256", "rsa"), ("ES256", "p384"), ("ES384", "p256")])
    func `that name a key of another kind are refused`(_ algorithm: String, _ key: String) async throws {
        let token = try issuer.token(TestIssuer.claims(), algorithm: algorithm, key: key)
        #expect(try await refusal(token) == .keyMismatch)
    }

    @Test(arguments: ["nobody", "hmac", "../rsa", ""])
    func `that name no published key are refused`(_ key: String) async throws {
        let token = try issuer.token(TestIssuer.claims(), key: key)
        #expect(try await refusal(token) == .unknownKey)
    }

    @Test func `without a key's name mean the only key that fits`() async throws {
        #expect(try await refusal(issuer.token(TestIssuer.claims(), key: nil)) == nil)
        let twice = try JSONWebKeySet(
            parsing: Array(
                try issuer.keySet.replacing("\"kid\":\"p256\"", with: "\"kid\":\"a\"")
                    .replacing("\"kid\":\"p384\"", with: "\"kid\":\"b\"").utf8
            )
        )
        let other = try TestIssuer(key: 1).keySet
        let mixed = try JSONWebKeySet(
            parsing: Array(
                "{\"keys\":[\(try issuer.keySet.keysOnly),\(other.keysOnly)]}".utf8
            )
        )
        let token = try JSONWebToken(try issuer.token(TestIssuer.claims(), key: nil))
        #expect(try twice.key(for: token) != nil)
        #expect(try mixed.key(for: token) == nil)
    }

    @Test func `with any bit changed are refused`() async throws {
        let text = try issuer.token(TestIssuer.claims(), algorithm: "ES256", key: "p256")
        let bytes = Array(text.utf8)
        for index in stride(from: 0, to: bytes.count, by: 7) where bytes[index] != UInt8(ascii: ".") {
            var changed = bytes
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let refusal = try await refusal(String(decoding: changed, as: UTF8.self))
            #expect(refusal != nil, "byte \(index)")
        }
    }

    @Test func `signed by another key of the same name are refused`() async throws {
        let token = try TestIssuer(key: 1).token(TestIssuer.claims())
        #expect(try await refusal(token) == .invalidSignature)
    }

    @Test(arguments: [
        "", ".", "..", "...", "a.b.c", "e30.e30.", "e30.e30.e30", "\u{0}.\u{0}.\u{0}", "W10.W10.AA",
        String(repeating: "A", count: 30_000), "eyJhbGciOiJSUzI1NiJ9.e30=.AA",
        "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxLCJhIjoyfQ.AA",
        "eyJhbGciOiJSUzI1NiIsImNyaXQiOlsiYiJdfQ.e30.AA", "eyJhbGciOiJSUzI1NiIsImtpZCI6MX0.e30.AA",
    ])
    func `that are none are refused`(_ text: String) {
        #expect(throws: WebIdentityError.malformedToken) { try JSONWebToken(text) }
    }

    @Test func `nested too deep are refused`() async throws {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        let token = try issuer.token(TestIssuer.claims(["x": .raw(deep)]))
        #expect(try await refusal(token) == .malformedToken)
    }
}

extension String {
    /// What stands between the brackets of a key set.
    fileprivate var keysOnly: String {
        String(drop { $0 != "[" }.dropFirst().prefix { $0 != "]" })
    }
}
