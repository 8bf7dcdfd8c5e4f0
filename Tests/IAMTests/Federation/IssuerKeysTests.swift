import Foundation
import Testing

@testable import IAM

@Suite("Published keys")
struct IssuerKeysTests {
    private let issuer: TestIssuer
    private static let configuration = TestIssuer.url + "/.well-known/openid-configuration"
    private static let place = "https://keys.example.com/jwks"

    init() throws {
        issuer = try TestIssuer()
    }

    private func documents(delay: Duration = .zero) throws -> TestDocuments {
        TestDocuments(
            [
                Self.configuration: .success(
                    "{\"issuer\":\"\(TestIssuer.url)\",\"jwks_uri\":\"\(Self.place)\"}"
                ),
                Self.place: .success(try issuer.keySet),
            ],
            delay: delay
        )
    }

    private func refusal(
        _ keys: IssuerKeys,
        _ token: JSONWebToken,
        at now: Date = Moment.now
    ) async -> WebIdentityError? {
        do throws(WebIdentityError) {
            _ = try await keys.key(for: token, of: TestIssuer.url, at: now)
            return nil
        } catch {
            return error
        }
    }

    private func token(key: String = "rsa") async throws -> JSONWebToken {
        try JSONWebToken(try issuer.token(TestIssuer.claims(), key: key))
    }

    @Test func `are discovered once and kept for an hour`() async throws {
        let documents = try documents()
        let keys = IssuerKeys(fetcher: documents)
        for seconds in [0.0, 1, 3_599] {
            #expect(await refusal(keys, try await token(), at: Moment.after(seconds)) == nil)
        }
        #expect(documents.asked == [Self.configuration, Self.place])
        #expect(await refusal(keys, try await token(), at: Moment.after(3_600)) == nil)
        #expect(documents.asked.count == 4)
    }

    @Test func `are fetched again for an unknown name, and not more than once in ten seconds`() async throws {
        let documents = try documents()
        let keys = IssuerKeys(fetcher: documents)
        #expect(await refusal(keys, try await token()) == nil)
        for seconds in [1.0, 2, 9] {
            let refusal = await refusal(keys, try await token(key: "new"), at: Moment.after(seconds))
            #expect(refusal == .unknownKey)
        }
        #expect(documents.asked.count == 2)
        documents.set(Self.place, .success(try issuer.keySet.replacing("\"rsa\"", with: "\"new\"")))
        #expect(await refusal(keys, try await token(key: "new"), at: Moment.after(11)) == nil)
        #expect(documents.asked.count == 4)
        #expect(await refusal(keys, try await token(), at: Moment.after(12)) == .unknownKey)
    }

    @Test func `are fetched once for many who ask together`() async throws {
        let documents = try documents(delay: .milliseconds(50))
        let keys = IssuerKeys(fetcher: documents)
        let token = try await token()
        await withTaskGroup(of: WebIdentityError?.self) { group in
            for _ in 0..<50 { group.addTask { await refusal(keys, token) } }
            for await refusal in group { #expect(refusal == nil) }
        }
        #expect(documents.asked.count == 2)
    }

    @Test func `stay usable for a day while the provider is down`() async throws {
        let documents = try documents()
        let keys = IssuerKeys(fetcher: documents)
        #expect(await refusal(keys, try await token()) == nil)
        documents.set(Self.configuration, .failure(.timedOut))
        #expect(await refusal(keys, try await token(), at: Moment.after(4_000)) == nil)
        #expect(await refusal(keys, try await token(), at: Moment.after(86_399)) == nil)
        #expect(
            await refusal(keys, try await token(), at: Moment.after(86_401)) == .unreachable(.timedOut)
        )
    }

    @Test(arguments: [
        FetchFailure.timedOut, .redirected, .tooLarge(bytesMax: 1), .forbiddenAddress, .insecure,
        .status(500),
        .unreachable(reason: "-"),
    ])
    func `that cannot be had tell why, and are not asked for at once again`(_ failure: FetchFailure)
        async throws
    {
        for url in [Self.configuration, Self.place] {
            let documents = try documents()
            documents.set(url, .failure(failure))
            let keys = IssuerKeys(fetcher: documents)
            #expect(await refusal(keys, try await token()) == .unreachable(failure))
            let asked = documents.asked.count
            #expect(await refusal(keys, try await token(), at: Moment.after(1)) == .unreachable(failure))
            #expect(documents.asked.count == asked)
        }
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"issuer\":\"https://idp.example.com\",\"jwks_uri\":\"https://x.example.com/\"}",
        "{\"issuer\":\"https://idp.example.com/tenant\"}", String(repeating: "[", count: 5_000),
    ])
    func `of a provider that lies are refused`(_ configuration: String) async throws {
        let documents = try documents()
        documents.set(Self.configuration, .success(configuration))
        guard case .invalidKeySet = await refusal(IssuerKeys(fetcher: documents), try await token()) else {
            Issue.record("taken")
            return
        }
    }

    @Test(arguments: [
        "", "null", "{}", "{\"keys\":{}}", "{\"keys\":[]}", "{\"keys\":[1,null,{}]}",
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"AA\",\"y\":\"AA\"}]}",
    ])
    func `without a usable key are no key set`(_ text: String) {
        #expect(throws: WebIdentityError.self) { try JSONWebKeySet(parsing: Array(text.utf8)) }
    }

    @Test func `that are private or for encryption are left out`() throws {
        for change in ["\"use\":\"enc\"", "\"use\":\"sig\",\"d\":\"AAAA\"", "\"key_ops\":[\"sign\"]"] {
            let set = try issuer.keySet.replacing("\"use\":\"sig\"", with: change)
            #expect(try JSONWebKeySet(parsing: Array(set.utf8)).keys.count == 2)
        }
    }

    @Test func `beyond a number are refused`() {
        let key = "{\"kty\":\"oct\"}"
        let set = "{\"keys\":[" + Array(repeating: key, count: 129).joined(separator: ",") + "]}"
        #expect(throws: WebIdentityError.self) { try JSONWebKeySet(parsing: Array(set.utf8)) }
    }
}

@Suite("Issuer names")
struct IssuerNameTests {
    @Test(arguments: [
        "idp.example.com", "idp.example.com/tenant", "127.0.0.1:8080",
        "oidc.eks.eu-west-1.amazonaws.com/id/ABC",
        "x.auth0.com/",
    ])
    func `are hosts with paths`(_ text: String) throws {
        #expect(IssuerName(text)?.description == text)
        #expect(IssuerName(url: "https://\(text)")?.description == text)
    }

    @Test(arguments: [
        "", "/", "/a", "IDP.example.com", "a b", "a@b.example.com", "h:99999", "h:", "h:1:2", "h/?q", "h/#f",
        "h//x", "h/../x", "h/..", "h/\u{0}", String(repeating: "a", count: 256), "h/é",
    ])
    func `are nothing else`(_ text: String) {
        #expect(IssuerName(text) == nil)
        #expect(IssuerName(url: "ftp://\(text)") == nil)
        #expect(IssuerName(url: text) == nil)
    }
}
