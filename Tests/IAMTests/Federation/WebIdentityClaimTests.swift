import Authorization
import Foundation
import Testing

@testable import IAM

@Suite("Claims of web identity tokens")
struct WebIdentityClaimTests {
    private func identity(_ changes: [String: JSONText?], at now: Date = Moment.now) throws -> WebIdentity {
        let header = TestIssuer.encode("{\"alg\":\"RS256\"}")
        let payload = TestIssuer.encode(TestIssuer.claims(changes))
        let token = try JSONWebToken("\(header).\(payload).AA")
        return try WebIdentity(token, from: try TestIssuer.provider, at: now)
    }

    private static let seconds = Int(Moment.now.timeIntervalSince1970)

    @Test func `are right until the second they expire`() throws {
        let expiry = Self.seconds + 10
        #expect(throws: Never.self) { try identity(["exp": .number(expiry)], at: Moment.after(9)) }
        #expect(throws: WebIdentityError.expired(now: Int64(expiry), expiry: Int64(expiry))) {
            try identity(["exp": .number(expiry)], at: Moment.after(10))
        }
    }

    @Test(arguments: ["nbf", "iat"])
    func `may begin a minute ahead and no more`(_ name: String) throws {
        #expect(throws: Never.self) { try identity([name: .number(Self.seconds + 60)]) }
        #expect(throws: WebIdentityError.claim(.notYetValid(name))) {
            try identity([name: .number(Self.seconds + 61)])
        }
    }

    @Test(arguments: ["exp", "iat", "sub", "aud"])
    func `that are needed cannot be left out`(_ name: String) {
        #expect(throws: WebIdentityError.claim(.missing(name))) { try identity([name: nil]) }
    }

    @Test(arguments: [
        ("exp", JSONText.text("tomorrow")), ("exp", .raw("1e400")), ("exp", .raw("-1")),
        ("iat", .raw("null")),
        ("nbf", .raw("[]")), ("sub", .text("")), ("sub", .text("a\\nb")), ("aud", .raw("{}")),
        ("aud", .raw("[]")), ("aud", .raw("[1]")), ("azp", .raw("1")), ("amr", .raw("[{}]")),
    ])
    func `of the wrong form are refused`(_ name: String, _ value: JSONText) {
        #expect(throws: WebIdentityError.self) { try identity([name: value]) }
    }

    @Test func `are for a client of the provider`() throws {
        #expect(throws: WebIdentityError.wrongAudience) { try identity(["aud": .text("elsewhere")]) }
        #expect(try identity(["aud": .list(["elsewhere", "other"])]).audience == "other")
    }

    @Test func `give the authorized party the place of the audience`() throws {
        let identity = try identity(["azp": .text("other"), "aud": .text("elsewhere")])
        let issuer = "idp.example.com/tenant"
        #expect(identity.conditionKeys[ConditionKey("\(issuer):aud")] == .single("other"))
        #expect(identity.conditionKeys[ConditionKey("\(issuer):oaud")] == .single("elsewhere"))
        #expect(throws: WebIdentityError.wrongAudience) { try self.identity(["azp": .text("elsewhere")]) }
    }

    @Test func `tell subject and methods to policies`() throws {
        let keys = try identity(["amr": .list(["mfa", "pwd"])]).conditionKeys
        #expect(keys[ConditionKey("idp.example.com/tenant:sub")] == .single("system:serviceaccount:ns:app"))
        #expect(keys[ConditionKey("idp.example.com/tenant:amr")] == .multiple(["mfa", "pwd"]))
    }

    @Test func `bring session tags, nested or flat, and a source identity`() throws {
        let claim = "https://aws.amazon.com/tags"
        let nested = try identity([
            claim: .raw(#"{"principal_tags":{"Team":["blue"]},"transitive_tag_keys":["team"]}"#),
            "https://aws.amazon.com/source_identity": .text("alice"),
        ])
        #expect(nested.tags.values == ["Team": "blue"])
        #expect(nested.tags.transitiveKeys == ["Team"])
        #expect(nested.sourceIdentity == "alice")
        let flat = try identity([
            "\(claim)/principal_tags/Team": .text("red"), "\(claim)/transitive_tag_keys": .list(["Team"]),
        ])
        #expect(flat.tags.values == ["Team": "red"])
        #expect(flat.tags.transitiveKeys == ["Team"])
    }

    @Test(arguments: [
        "1", "{\"principal_tags\":1}", "{\"principal_tags\":{\"a\":[\"b\",\"c\"]}}",
        "{\"principal_tags\":{\"a\":[\"b\"],\"A\":[\"c\"]}}", "{\"transitive_tag_keys\":[\"a\"]}",
        "{\"principal_tags\":{\"aws:x\":[\"b\"]}}", "{\"principal_tags\":{\"\":[\"b\"]}}",
    ])
    func `with tags of the wrong form are refused`(_ json: String) {
        let claim = "https://aws.amazon.com/tags"
        #expect(throws: WebIdentityError.claim(.malformed(claim))) { try identity([claim: .raw(json)]) }
    }
}
