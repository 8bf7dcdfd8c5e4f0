import Foundation
import Testing

@testable import AWSProtocol

/// Requests and signatures of AWS's published SigV4 test suite (`aws-sig-v4-test-suite`), key AKIDEXAMPLE,
/// 20150830T123600Z, us-east-1, service `service`.
@Suite("SigV4 test suite")
struct SigV4SuiteTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let name: String
        let method: String
        let target: String
        let headers: [(name: String, value: String)]
        let signedHeaders: String
        let body: String
        let signature: String

        init(
            _ name: String,
            _ method: String = "GET",
            _ target: String = "/",
            headers: [(name: String, value: String)] = [],
            signed: String = "host;x-amz-date",
            body: String = "",
            signature: String
        ) {
            self.name = name
            self.method = method
            self.target = target
            self.headers = headers
            signedHeaders = signed
            self.body = body
            self.signature = signature
        }

        var testDescription: String { name }

        var request: SignedRequest {
            SignedRequest(
                method,
                target,
                headers: [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")] + headers
                    + [
                        (
                            "Authorization",
                            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/"
                                + "aws4_request, "
                                + "SignedHeaders=\(signedHeaders), Signature=\(signature)"
                        )
                    ],
                body: body
            )
        }
    }

    static let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    static let form = "application/x-www-form-urlencoded"

    static let examples = [
        Example("get-vanilla", signature: vanilla),
        Example("get-vanilla-query", signature: vanilla),
        Example(
            "get-vanilla-query-order-key-case",
            "GET",
            "/?Param2=value2&Param1=value1",
            signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        ),
        Example(
            "get-vanilla-empty-query-key",
            "GET",
            "/?Param1=value1",
            signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"
        ),
        Example(
            "get-vanilla-query-unreserved",
            "GET",
            "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789"
                + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"
        ),
        Example(
            "get-vanilla-utf8-query",
            "GET",
            "/?ሴ=bar",
            signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"
        ),
        Example(
            "get-unreserved",
            "GET",
            "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"
        ),
        Example(
            "get-utf8",
            "GET",
            "/ሴ",
            signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"
        ),
        Example("get-relative", "GET", "/example/..", signature: vanilla),
        Example("get-relative-relative", "GET", "/example1/example2/../..", signature: vanilla),
        Example("get-slash", "GET", "//", signature: vanilla),
        Example("get-slash-dot-slash", "GET", "/./", signature: vanilla),
        Example(
            "get-slash-pointless-dot",
            "GET",
            "/./example",
            signature: "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"
        ),
        Example(
            "get-slashes",
            "GET",
            "//example//",
            signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"
        ),
        Example(
            "get-space",
            "GET",
            "/example space/",
            signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"
        ),
        Example(
            "get-header-key-duplicate",
            headers: [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
            signed: "host;my-header1;x-amz-date",
            signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"
        ),
        // The suite folds one header over three lines, which arrive as three values.
        Example(
            "get-header-value-multiline",
            headers: [("My-Header1", "value1"), ("My-Header1", "value2"), ("My-Header1", "value3")],
            signed: "host;my-header1;x-amz-date",
            signature: "ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790"
        ),
        Example(
            "get-header-value-order",
            headers: [
                ("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"),
                ("My-Header1", "value2"),
            ],
            signed: "host;my-header1;x-amz-date",
            signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"
        ),
        Example(
            "get-header-value-trim",
            headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
            signed: "host;my-header1;my-header2;x-amz-date",
            signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"
        ),
        Example(
            "post-vanilla",
            "POST",
            signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        ),
        Example(
            "post-vanilla-query",
            "POST",
            "/?Param1=value1",
            signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"
        ),
        Example(
            "post-header-key-sort",
            "POST",
            headers: [("My-Header1", "value1")],
            signed: "host;my-header1;x-amz-date",
            signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"
        ),
        Example(
            "post-header-value-case",
            "POST",
            headers: [("My-Header1", "VALUE1")],
            signed: "host;my-header1;x-amz-date",
            signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"
        ),
        Example(
            "post-x-www-form-urlencoded",
            "POST",
            headers: [("Content-Type", form)],
            signed: "content-type;host;x-amz-date",
            body: "Param1=value1",
            signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
        ),
        Example(
            "post-x-www-form-urlencoded-parameters",
            "POST",
            headers: [("Content-Type", "\(form); charset=utf8")],
            signed: "content-type;host;x-amz-date",
            body: "Param1=value1",
            signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"
        ),
        Example(
            "post-sts-header-before",
            "POST",
            headers: [
                (
                    "X-Amz-Security-Token",
                    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwA"
                        + "eMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8p"
                        + "hUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT"
                        + "38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabI"
                        + "Qwj2ICCR/oLxBA=="
                )
            ],
            signed: "host;x-amz-date;x-amz-security-token",
            signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
        ),
    ]

    @Test(arguments: examples)
    func `verifies as published`(_ example: Example) throws {
        let claim = try verified(example.request, now: suiteNow)
        #expect(claim.accessKeyID == "AKIDEXAMPLE")
        #expect(claim.scope.text == "20150830/us-east-1/service/aws4_request")
        #expect(claim.signatureText == example.signature)
        #expect(claim.timestampText == "20150830T123600Z")
        #expect(claim.source == .header)
    }

    @Test(arguments: examples)
    func `fails when any digit of the signature differs`(_ example: Example) throws {
        let claim = try SigV4.parse(example.request)
        let other = String(example.signature.reversed())
        let authorization =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\(claim.scope.text), "
            + "SignedHeaders=\(example.signedHeaders), Signature=\(other)"
        let request = SignedRequest(
            example.method,
            example.target,
            headers: [("Host", "example.amazonaws.com"), ("X-Amz-Date", "20150830T123600Z")] + example.headers
                + [("Authorization", authorization)],
            body: example.body
        )
        #expect(throws: SigV4Failure.signatureMismatch) { try verified(request, now: suiteNow) }
    }

    @Test func `derives the published signing key`() {
        // "Examples of how to derive a signing key", IAM User Guide: the key itself is published, ours is
        // looked at through what it signs.
        let scope = CredentialScope(day: "20150830", region: "us-east-1", service: "iam")
        let key = SigningKey(SecretAccessKey(exampleSecret), scope: scope)
        let stringToSign =
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
            + "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"
        #expect(
            Hex.encode(key.signature(of: Array(stringToSign.utf8)))
                == "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        )
    }
}
