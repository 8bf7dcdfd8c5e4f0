import Crypto
import Foundation
import Testing

@testable import AWSProtocol

/// The worked examples of the S3 API Reference ("Authenticating Requests"), key AKIAIOSFODNN7EXAMPLE,
/// 20130524T000000Z, bucket `examplebucket`.
@Suite("S3 signing")
struct S3SigningTests {
    private static let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    private static let now = Date(timeIntervalSince1970: 1_369_353_600)
    private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private static func request(
        _ method: String,
        _ target: String,
        _ headers: [(name: String, value: String)],
        signed: String,
        signature: String,
        body: String = ""
    ) -> SignedRequest {
        let authorization =
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            + "SignedHeaders=\(signed),Signature=\(signature)"
        return SignedRequest(
            method,
            target,
            headers: [("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z")]
                + headers
                + [("Authorization", authorization)],
            body: body
        )
    }

    static let published = [
        request(
            "GET",
            "/test.txt",
            [("Range", "bytes=0-9"), ("x-amz-content-sha256", emptyHash)],
            signed: "host;range;x-amz-content-sha256;x-amz-date",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        ),
        request(
            "PUT",
            "/test%24file.text",
            [
                ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                (
                    "x-amz-content-sha256",
                    "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
                ),
            ],
            signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            body: "Welcome to Amazon S3."
        ),
        request(
            "GET",
            "/?lifecycle",
            [("x-amz-content-sha256", emptyHash)],
            signed: "host;x-amz-content-sha256;x-amz-date",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        ),
        request(
            "GET",
            "/?max-keys=2&prefix=J",
            [("x-amz-content-sha256", emptyHash)],
            signed: "host;x-amz-content-sha256;x-amz-date",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
        ),
        SignedRequest(
            "GET",
            "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524"
                + "%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400"
                + "&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
            headers: [("Host", "examplebucket.s3.amazonaws.com")]
        ),
    ]

    @Test(arguments: published.indices)
    func `verifies the published examples`(index: Int) throws {
        try verified(Self.published[index], now: Self.now, secret: Self.secret)
    }

    @Test func `signs a path in the one form whatever form it came in`() throws {
        let signer = SigV4Signer.example(service: "s3")
        for (sent, signedAs) in [
            ("/b/a(b)!c+d", "/b/a%28b%29%21c%2Bd"), ("/b/%7ea", "/b/~a"), ("/b/%e1%88%b4", "/b/%E1%88%B4"),
            ("/b/100%", "/b/100%25"), ("/b//x/../y", "/b//x/../y"), ("/b/a%2fb", "/b/a%2Fb"),
        ] {
            let signed = SignedRequest("GET", signedAs, headers: [("Host", "h")])
            let headers = signer.sign(signed, now: suiteNow)
            try verified(SignedRequest("GET", sent, headers: [("Host", "h")]).adding(headers), now: suiteNow)
        }
    }

    @Test func `signs a query in the one form whatever form it came in`() throws {
        let signer = SigV4Signer.example(service: "s3")
        for (sent, signedAs) in [
            ("/b?prefix=a+b&delimiter=/", "/b?delimiter=%2F&prefix=a%20b"), ("/b?b&&a=", "/b?a=&b="),
            ("/b?a=2&a=1&a-b=0", "/b?a=1&a=2&a-b=0"), ("/b?k=%7e%2d", "/b?k=~-"), ("/b?k=a=b", "/b?k=a%3Db"),
        ] {
            let signed = SignedRequest("GET", signedAs, headers: [("Host", "h")])
            let headers = signer.sign(signed, now: suiteNow)
            try verified(SignedRequest("GET", sent, headers: [("Host", "h")]).adding(headers), now: suiteNow)
        }
    }

    @Test func `takes a body that is not read at its word and one that is read not`() throws {
        let signer = SigV4Signer.example(service: "s3")
        var request = SignedRequest("PUT", "/b/k", headers: [("Host", "h")], body: "hello")
        request = request.adding(signer.sign(request, now: suiteNow))
        request.payload = .unread
        let claim = try verified(request, now: suiteNow)
        let hash = Hex.encode(SHA256.hash(data: Array("hello".utf8)))
        #expect(claim.payload == .sha256(hash))
        request.payload = .bytes(Array("hellO".utf8))
        #expect(
            throws: SigV4Failure.payloadMismatch(
                declared: hash,
                computed: Hex.encode(SHA256.hash(data: Array("hellO".utf8)))
            )
        ) { try verified(request, now: suiteNow) }
        request.payload = .sha256(SHA256.hash(data: Array("hello".utf8)))
        try verified(request, now: suiteNow)
    }

    @Test(arguments: [
        ("UNSIGNED-PAYLOAD", PayloadMode.unsigned),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", .signedChunks(trailer: false)),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", .signedChunks(trailer: true)),
        ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", .unsignedChunks), (emptyHash, .sha256(emptyHash)),
    ])
    func `knows how a payload can be signed`(_ text: String, _ mode: PayloadMode) {
        #expect(PayloadMode(text) == mode)
        #expect(mode.text == text)
    }

    @Test(arguments: [
        "", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "unsigned-payload", emptyHash.uppercased(),
        String(emptyHash.dropLast()), emptyHash + "0", "g" + emptyHash.dropFirst(),
    ])
    func `refuses other values of the payload hash`(_ text: String) {
        #expect(PayloadMode(text) == nil)
        let request = Self.request(
            "GET",
            "/k",
            [("x-amz-content-sha256", text)],
            signed: "host;x-amz-content-sha256;x-amz-date",
            signature: Self.emptyHash
        )
        #expect(throws: SigV4Failure.malformedPayloadHash) { try SigV4.parse(request) }
    }
}
