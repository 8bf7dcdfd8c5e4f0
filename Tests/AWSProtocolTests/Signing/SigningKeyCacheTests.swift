import Foundation
import Testing

@testable import AWSProtocol

@Suite("SigningKeyCache")
struct SigningKeyCacheTests {
    private let secret = SecretAccessKey(exampleSecret)

    private func scope(_ service: String) -> CredentialScope {
        CredentialScope(day: "20150830", region: "us-east-1", service: service)
    }

    private func signs(_ key: SigningKey, like other: SigningKey) -> Bool {
        key.isValid(other.signature(of: [1, 2, 3]), of: [1, 2, 3])
    }

    @Test func `gives the key of the scope, fresh or kept`() {
        let cache = SigningKeyCache()
        for _ in 0..<2 {
            for service in ["kms", "sts"] {
                let key = cache.key(for: "AKID", secret: secret, scope: scope(service))
                #expect(signs(key, like: SigningKey(secret, scope: scope(service))))
                #expect(!signs(key, like: SigningKey(secret, scope: scope("iam"))))
            }
        }
        #expect(cache.count == 2)
        cache.removeAll()
        #expect(cache.count == 0)
    }

    @Test func `does not outlive a replaced secret`() {
        let cache = SigningKeyCache()
        let old = cache.key(for: "AKID", secret: secret, scope: scope("kms"))
        let other = SecretAccessKey("other")
        let new = cache.key(for: "AKID", secret: other, scope: scope("kms"))
        #expect(!signs(new, like: old))
        #expect(signs(new, like: SigningKey(other, scope: scope("kms"))))
        #expect(cache.count == 1)
    }

    @Test func `is bounded and keeps what is used`() {
        let cache = SigningKeyCache(countMax: 8)
        for index in 0..<100 {
            _ = cache.key(for: "AKID\(index)", secret: secret, scope: scope("kms"))
            _ = cache.key(for: "hot", secret: secret, scope: scope("kms"))
            #expect(cache.count <= 8)
        }
    }

    @Test func `serves many threads`() async {
        let cache = SigningKeyCache(countMax: 4)
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for index in 0..<50 {
                        let scope = CredentialScope(
                            day: "20150830",
                            region: "us-east-1",
                            service: "s\((index + task) % 6)"
                        )
                        let key = cache.key(for: "AKID", secret: secret, scope: scope)
                        #expect(signs(key, like: SigningKey(secret, scope: scope)))
                    }
                }
            }
        }
        #expect(cache.count <= 4)
    }
}

@Suite("Redaction")
struct RedactionTests {
    @Test func `no secret of signing is printed`() throws {
        let token = SessionToken("session-token-text")
        let credentials = Credentials(
            accessKeyID: "AKID",
            secret: SecretAccessKey("secret-key-text"),
            sessionToken: token
        )
        let scope = CredentialScope(day: "20150830", region: "us-east-1", service: "kms")
        let bare = SignedRequest("POST", "/", headers: [("Host", "h")])
        let request = bare.adding(
            SigV4Signer.example(service: "kms", token: "session-token-text").sign(bare, now: suiteNow)
        )
        let claim = try SigV4.parse(request)
        let values: [Any] = [
            token, credentials, credentials.secret, SigningKey(credentials.secret, scope: scope), request,
            claim,
            [claim], Optional(token) as Any,
        ]
        for value in values {
            var text = ""
            dump(value, to: &text)
            text += "\(value)" + String(reflecting: value)
            #expect(!text.contains("session-token-text"))
            #expect(!text.contains("secret-key-text"))
            #expect(!text.contains(claim.signatureText))
        }
    }
}
