import Crypto
import Foundation
import Testing

@testable import AWSProtocol

@Suite("SigV4 refusals")
struct SigV4RefusalTests {
    private static let scope = "AKIDEXAMPLE/20150830/us-east-1/kms/aws4_request"
    private static let zeros = String(repeating: "0", count: 64)
    /// The SHA-256 hash of "AWS4-HMAC-SHA256" in base64.
    private static let bareDigest = "YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0="

    private func parse(
        _ authorization: String?,
        date: String? = "20150830T123600Z",
        query: String = "",
        more: [(name: String, value: String)] = []
    ) throws(SigV4Failure) -> SignatureClaim {
        var headers: [(name: String, value: String)] = [("Host", "h")] + more
        if let date { headers.append(("X-Amz-Date", date)) }
        if let authorization { headers.append(("Authorization", authorization)) }
        return try SigV4.parse(SignedRequest("POST", "/?\(query)", headers: headers))
    }

    private func header(
        credential: String = scope,
        signedHeaders: String = "host;x-amz-date",
        signature: String = zeros
    ) -> String {
        "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=\(signedHeaders), Signature=\(signature)"
    }

    @Test func `missing authentication is told from malformed`() {
        #expect(throws: SigV4Failure.missingAuthentication) { try parse(nil) }
        #expect(throws: SigV4Failure.missingAuthentication) {
            try parse(nil, query: "X-Amz-Date=1&Signature=2")
        }
    }

    @Test func `two mechanisms are refused`() {
        let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        #expect(throws: SigV4Failure.severalMechanisms) { try parse(header(), query: query) }
        #expect(throws: SigV4Failure.severalMechanisms) {
            try parse(header(), more: [("Authorization", header())])
        }
    }

    @Test(
        arguments: [
            ("AWS AKIDEXAMPLE:c2ln", SigV4Failure.signatureVersion2),
            ("AWS4-ECDSA-P256-SHA256 Credential=a", .signatureVersion4A),
            ("AWS4-HMAC-SHA512 Credential=a", .unsupportedAlgorithm(.header, "AWS4-HMAC-SHA512")),
            ("aws4-hmac-sha256 Credential=a", nil), ("Bearer eyJhbGciOi", nil), ("", nil),
            ("AWS4-HMAC-SHA256,", .unsupportedAlgorithm(.header, "AWS4-HMAC-SHA256,")),
            ("AWS4-HMAC-SHA256 Credential", nil), ("AWS4-HMAC-SHA256 Credential=a, Nonsense=b", nil),
            ("AWS4-HMAC-SHA256 Credential=a, Credential=a", nil),
            ("AWS4-HMAC-SHA256 Signature=a, Signature=a", nil),
            ("AWS4-HMAC-SHA256 SignedHeaders=a, SignedHeaders=a", nil),
            ("AWS4-HMAC-SHA256 Credential=a,,", nil),
            ("AWS4-HMAC-SHA256 credential=a", nil),
        ] as [(String, SigV4Failure?)]
    )
    func `other schemes and malformed headers are refused`(_ authorization: String, _ failure: SigV4Failure?)
    {
        do throws(SigV4Failure) {
            _ = try parse(authorization)
            Issue.record("accepted")
        } catch {
            if let failure {
                #expect(error == failure)
            } else if case .malformedHeader = error {
                #expect(error.wireError(for: .json).message?.contains("eyJ") == false)
            } else {
                Issue.record("\(error)")
            }
        }
    }

    @Test func `all missing components are named`() {
        #expect(
            throws: SigV4Failure.incompleteHeader(
                [.credential, .signature, .signedHeaders, .date],
                digest: Self.bareDigest
            )
        ) { try parse("AWS4-HMAC-SHA256", date: nil) }
        let failure = SigV4Failure.incompleteHeader([.credential, .date], digest: "abc=")
        #expect(
            failure.wireError(for: .query)
                == WireError(
                    code: "IncompleteSignature",
                    message:
                        "Authorization header requires 'Credential' parameter. Authorization header requires "
                        + "existence of either a 'X-Amz-Date' or a 'Date' header. "
                        + "(Hashed with SHA-256 and encoded with Base64) Authorization=abc=",
                    httpStatus: 403
                )
        )
    }

    @Test(arguments: [
        "", "/", "////", "AKID/20150830/us-east-1/kms", "AKID/20150830/us-east-1/kms/aws4_request/x",
        "/20150830/us-east-1/kms/aws4_request", "AKID//us-east-1/kms/aws4_request",
        "AKID/20150830//kms/aws4_request",
        "AKID/20150830/us-east-1//aws4_request", "A KID/20150830/us-east-1/kms/aws4_request",
        "AKID/20150830/us_east/kms/aws4_request", "Ä/20150830/us-east-1/kms/aws4_request",
        String(repeating: "A", count: 129) + "/20150830/us-east-1/kms/aws4_request",
    ])
    func `a credential has five parts`(_ credential: String) {
        #expect(throws: SigV4Failure.malformedCredential(.header, String(credential.prefix(256)))) {
            try parse(header(credential: credential))
        }
    }

    @Test func `a credential ends with the terminator`() {
        #expect(throws: SigV4Failure.wrongTerminator(.header, "aws5_request")) {
            try parse(header(credential: "AKID/20150830/us-east-1/kms/aws5_request"))
        }
    }

    @Test(arguments: ["", "now", "2015-08-30T12:36:00Z", "20150830T123600", "20150832T000000Z"])
    func `the date must be a moment`(_ date: String) {
        #expect(throws: SigV4Failure.malformedDate(.header, date)) { try parse(header(), date: date) }
    }

    @Test func `the date must lie on the day of the credential`() throws {
        #expect(
            throws: SigV4Failure.credentialDateMismatch(
                .header,
                day: "20150830",
                timestamp: "20150831T000000Z"
            )
        ) { try parse(header(), date: "20150831T000000Z") }
        #expect(
            throws: SigV4Failure.credentialDateMismatch(
                .header,
                day: "20150830",
                timestamp: "20150831T000000Z"
            )
        ) { try parse(header(), date: nil, more: [("Date", "Mon, 31 Aug 2015 00:00:00 GMT")]) }
        let claim = try parse(header(), date: nil, more: [("Date", "Sun, 30 Aug 2015 12:36:00 GMT")])
        #expect(claim.timestampText == "20150830T123600Z")
    }

    @Test(arguments: ["", "0", String(repeating: "0", count: 63), String(repeating: "g", count: 64)])
    func `a signature is 64 digits`(_ signature: String) {
        #expect(throws: SigV4Failure.signatureMismatch) { try parse(header(signature: signature)) }
    }

    @Test func `the scope must be ours`() throws {
        let regions = [Region("us-east-1"), Region("eu-west-1")].compactMap { $0 }
        let claim = try parse(header())
        #expect(try claim.requireScope(service: .kms, in: regions) == regions[0])
        #expect(throws: SigV4Failure.wrongService(.header, given: "kms", expected: .sts)) {
            try claim.requireScope(service: .sts, in: regions)
        }
        let elsewhere = try parse(header(credential: "AKID/20150830/aws-global/kms/aws4_request"))
        #expect(throws: SigV4Failure.wrongRegion(.header, given: "aws-global", expected: regions[0])) {
            try elsewhere.requireScope(service: .kms, in: regions)
        }
    }

    @Test func `only S3 leaves the body unsigned`() throws {
        #expect(throws: SigV4Failure.malformedPayloadHash) {
            try parse(header(), more: [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")])
        }
        let s3 = "AKID/20150830/us-east-1/s3/aws4_request"
        #expect(throws: SigV4Failure.missingPayloadHash) { try parse(header(credential: s3)) }
        let claim = try parse(header(credential: s3), more: [("x-amz-content-sha256", "UNSIGNED-PAYLOAD")])
        #expect(claim.payload == .unsigned)
    }

    @Test func `a body that other services have not read is not accepted`() throws {
        var request = SignedRequest("POST", "/", headers: [("Host", "h")], body: "{}")
        request = request.adding(SigV4Signer.example(service: "kms").sign(request, now: suiteNow))
        try verified(request, now: suiteNow)
        request.payload = .unread
        #expect(throws: SigV4Failure.missingPayloadHash) { try verified(request, now: suiteNow) }
    }

    @Test(
        arguments: [
            (-300, nil), (300, nil),
            (-301, SigV4Failure.notYetCurrent(timestamp: 1_440_938_160, now: 1_440_937_859, window: 300)),
            (301, .expired(timestamp: 1_440_938_160, now: 1_440_938_461, window: 300)),
        ] as [(Double, SigV4Failure?)]
    )
    func `five minutes either way are tolerated`(_ offset: Double, _ failure: SigV4Failure?) throws {
        let signer = SigV4Signer.example(service: "kms")
        let bare = SignedRequest("POST", "/", headers: [("Host", "h")])
        let request = bare.adding(signer.sign(bare, now: suiteNow))
        let now = suiteNow.addingTimeInterval(offset)
        guard let failure else {
            try verified(request, now: now)
            return
        }
        #expect(throws: failure) { try verified(request, now: now) }
    }

    @Test func `S3 tolerates fifteen minutes`() throws {
        let bare = SignedRequest("GET", "/", headers: [("Host", "h")])
        let request = bare.adding(SigV4Signer.example(service: "s3").sign(bare, now: suiteNow))
        try verified(request, now: suiteNow.addingTimeInterval(900))
        try verified(request, now: suiteNow.addingTimeInterval(-900))
        #expect(throws: SigV4Failure.self) { try verified(request, now: suiteNow.addingTimeInterval(901)) }
    }

    @Test(arguments: ["x-amz-target", "x-amz-security-token", "x-amz-date"])
    func `a header with a meaning cannot be added`(_ name: String) throws {
        let bare = SignedRequest(
            "POST",
            "/",
            headers: [("Host", "h"), ("Date", "Sun, 30 Aug 2015 12:36:00 GMT")]
        )
        let canonical = CanonicalRequest.stringToSign(
            bare,
            signedHeaders: Array("date;host".utf8),
            payloadHash: try #require(SigV4.computedHash(bare.payload)),
            moment: SigningMoment(seconds: 1_440_938_160),
            scopeText: Array(CredentialScope(day: "20150830", region: "us-east-1", service: "kms").text.utf8),
            isS3: false
        )
        let key = SigningKey(
            SecretAccessKey(exampleSecret),
            scope: CredentialScope(day: "20150830", region: "us-east-1", service: "kms")
        )
        let signature = Hex.encode(key.signature(of: canonical))
        let request = bare.adding([
            ("Authorization", header(signedHeaders: "date;host", signature: signature))
        ])
        try verified(request, now: suiteNow)
        let value = name == "x-amz-date" ? "20150830T123600Z" : "x"
        #expect(throws: SigV4Failure.headersNotSigned([name])) {
            try verified(request.adding([(name, value)]), now: suiteNow)
        }
    }

    @Test func `S3 wants all of its headers signed and everybody the host`() throws {
        let bare = SignedRequest("GET", "/", headers: [("Host", "h")])
        let request = bare.adding(SigV4Signer.example(service: "s3").sign(bare, now: suiteNow))
        #expect(throws: SigV4Failure.headersNotSigned(["x-amz-acl", "x-amz-meta-a"])) {
            try verified(request.adding([("X-Amz-Acl", "private"), ("x-amz-meta-a", "b")]), now: suiteNow)
        }
        let noHost = SignedRequest("POST", "/", headers: [])
        let unhosted = noHost.adding(SigV4Signer.example(service: "kms").sign(noHost, now: suiteNow))
        #expect(throws: SigV4Failure.headersNotSigned(["host"])) { try verified(unhosted, now: suiteNow) }
    }

    /// Each repetition would add the header's whole value to what is hashed.
    @Test(arguments: ["host;x-amz-date;host", "host;host;x-amz-date", "x-amz-date;host;x-amz-date"])
    func `a header that is signed twice is refused, rightly signed or not`(names: String) throws {
        let day = CredentialScope(day: "20150830", region: "us-east-1", service: "kms")
        func request(signing names: String) -> SignedRequest {
            let bare = SignedRequest(
                "POST",
                "/",
                headers: [("Host", "h"), ("X-Amz-Date", "20150830T123600Z")]
            )
            let text = CanonicalRequest.stringToSign(
                bare,
                signedHeaders: Array(names.utf8),
                payloadHash: Array(Hex.encode(SHA256.hash(data: [])).utf8),
                moment: SigningMoment(seconds: 1_440_938_160),
                scopeText: Array(day.text.utf8),
                isS3: false
            )
            let signature = SigningKey(SecretAccessKey(exampleSecret), scope: day).signature(of: text)
            let authorization = header(signedHeaders: names, signature: Hex.encode(signature))
            return bare.adding([("Authorization", authorization)])
        }
        try verified(request(signing: "host;x-amz-date"), now: suiteNow)
        try verified(request(signing: "x-amz-date;host"), now: suiteNow)
        #expect(throws: SigV4Failure.signatureMismatch) {
            try verified(request(signing: names), now: suiteNow)
        }
    }

    @Test(arguments: 0..<3_000 as Range<UInt64>)
    func `garbage in the header neither crashes nor verifies`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let bare = SignedRequest("POST", "/", headers: [("Host", "h")])
        let signed = HeaderList(SigV4Signer.example(service: "kms").sign(bare, now: suiteNow))
        let valid = try #require(signed["authorization"])
        let text = String(decoding: generator.mutation(of: Array(valid.utf8)), as: UTF8.self)
        let request = bare.adding([("X-Amz-Date", "20150830T123600Z"), ("Authorization", text)])
        guard let claim = try? verified(request, now: suiteNow) else { return }
        // White space around components and the case of the digits carry nothing.
        #expect(claim.scope.text == "20150830/us-east-1/kms/aws4_request", "seed \(seed)")
        #expect(valid.contains(claim.signatureText), "seed \(seed)")
    }
}
