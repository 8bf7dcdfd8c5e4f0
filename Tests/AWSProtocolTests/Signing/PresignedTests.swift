import Foundation
import Testing

@testable import AWSProtocol

@Suite("Presigned requests")
struct PresignedTests {
    private func presigned(
        _ service: String,
        _ target: String = "/",
        expires: Int = 3_600,
        method: String = "GET",
        body: String = "",
        headers: [(name: String, value: String)] = [("Host", "h")],
        token: String? = nil
    ) -> SignedRequest {
        var request = SignedRequest(method, target, headers: headers, body: body)
        request.rawQuery = SigV4Signer.example(service: service, token: token).presign(
            request,
            expires: expires,
            now: suiteNow
        )
        return request
    }

    private func edited(
        _ request: SignedRequest,
        _ name: String,
        _ value: String?
    ) -> SignedRequest {
        var request = request
        request.rawQuery = request.rawQuery.split(separator: "&").compactMap { piece in
            guard piece.hasPrefix("\(name)=") else { return String(piece) }
            return value.map { "\(name)=\($0)" }
        }.joined(separator: "&")
        return request
    }

    @Test func `verify with token, body and further headers`() throws {
        let claim = try verified(
            presigned(
                "s3",
                "/b/a%20b?versionId=1",
                headers: [("Host", "h"), ("x-amz-meta-a", "b")],
                token: "tok/en+="
            ),
            now: suiteNow
        )
        #expect(claim.source == .query(expires: 3_600))
        #expect(claim.payload == .unsigned)
        #expect(claim.signedHeaderNames == ["host", "x-amz-meta-a"])
        #expect(claim.sessionToken?.exposingSecret { $0 } == "tok/en+=")
        let sts = presigned("sts", "/?Action=GetCallerIdentity", method: "POST", body: "x")
        try verified(sts, now: suiteNow)
        var changed = sts
        changed.payload = .bytes([])
        #expect(throws: SigV4Failure.signatureMismatch) { try verified(changed, now: suiteNow) }
    }

    @Test(arguments: [(0.0, true), (3_599, true), (3_600, false), (-900, true), (-901, false)])
    func `are good from their date until they expire at S3`(_ offset: Double, _ isGood: Bool) {
        let request = presigned("s3")
        let now = suiteNow.addingTimeInterval(offset)
        if isGood {
            #expect(throws: Never.self) { try verified(request, now: now) }
        } else {
            #expect(throws: SigV4Failure.self) { try verified(request, now: now) }
        }
    }

    @Test func `live fifteen minutes at STS whatever they say`() throws {
        for expires in [1, 60, 604_800] {
            let request = presigned("sts", expires: expires)
            try verified(request, now: suiteNow.addingTimeInterval(899))
            #expect(
                throws: SigV4Failure.presignedExpired(
                    timestamp: 1_440_938_160,
                    expires: 900,
                    now: 1_440_939_060
                )
            ) { try verified(request, now: suiteNow.addingTimeInterval(900)) }
        }
        let claim = try SigV4.parse(edited(presigned("sts"), "X-Amz-Expires", nil))
        #expect(claim.source == .query(expires: 900))
    }

    @Test(arguments: [(60, 60), (900, 900), (604_800, 900)])
    func `live as long as they say elsewhere, fifteen minutes at most`(_ expires: Int, _ life: Int) throws {
        let request = presigned("kms", expires: expires)
        try verified(request, now: suiteNow.addingTimeInterval(Double(life - 1)))
        #expect(throws: SigV4Failure.self) {
            try verified(request, now: suiteNow.addingTimeInterval(Double(life)))
        }
    }

    @Test(arguments: [
        ("604801", SigV4Failure.malformedExpires(.tooLong)), ("-1", .malformedExpires(.negative)),
        ("x", .malformedExpires(.notANumber)), ("", .malformedExpires(.notANumber)),
        ("99999999999999999999", .malformedExpires(.notANumber)), ("1.5", .malformedExpires(.notANumber)),
    ])
    func `have a lifetime of at most a week`(_ expires: String, _ failure: SigV4Failure) {
        for service in ["s3", "sts"] {
            #expect(throws: failure) {
                try SigV4.parse(edited(presigned(service), "X-Amz-Expires", expires))
            }
        }
    }

    @Test func `with a lifetime of nothing are never good`() {
        #expect(
            throws: SigV4Failure.presignedExpired(timestamp: 1_440_938_160, expires: 0, now: 1_440_938_160)
        ) {
            try verified(presigned("s3", expires: 0), now: suiteNow)
        }
    }

    @Test(arguments: [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
        "X-Amz-Signature",
    ])
    func `need each parameter once`(_ name: String) {
        let request = presigned("s3")
        #expect(throws: SigV4Failure.missingQueryParameter(name)) {
            try SigV4.parse(edited(request, name, nil))
        }
        var doubled = request
        doubled.rawQuery += "&\(name)=1"
        #expect(throws: SigV4Failure.repeatedQueryParameter(name)) { try SigV4.parse(doubled) }
    }

    @Test(arguments: [
        ("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256", SigV4Failure.signatureVersion4A),
        ("X-Amz-Algorithm", "AWS4", .unsupportedAlgorithm(.query, "AWS4")),
        ("X-Amz-Credential", "AKID%2F20150830", .malformedCredential(.query, "AKID/20150830")),
        (
            "X-Amz-Credential", "AKID%2F20150831%2Fus-east-1%2Fs3%2Faws4_request",
            .credentialDateMismatch(.query, day: "20150831", timestamp: "20150830T123600Z")
        ),
        ("X-Amz-Date", "20150830", .malformedDate(.query, "20150830")),
        ("X-Amz-Date", "%zz", .repeatedQueryParameter("X-Amz-Date")),
        ("X-Amz-Signature", "00", .signatureMismatch),
    ])
    func `need well-formed parameters`(_ name: String, _ value: String, _ failure: SigV4Failure) {
        #expect(throws: failure) { try SigV4.parse(edited(presigned("s3"), name, value)) }
    }

    @Test func `of version 2 are recognised`() {
        let request = SignedRequest(
            "GET",
            "/b/k?AWSAccessKeyId=AKID&Expires=1&Signature=x",
            headers: [("Host", "h")]
        )
        #expect(throws: SigV4Failure.signatureVersion2) { try SigV4.parse(request) }
    }

    @Test func `take the payload hash they declare`() throws {
        let hash = String(repeating: "a", count: 64)
        let inQuery = presigned("s3", "/b/k?X-Amz-Content-Sha256=\(hash)")
        #expect(try SigV4.parse(inQuery).payload == .sha256(hash))
        let inHeader = presigned("s3", headers: [("Host", "h"), ("x-amz-content-sha256", hash)])
        #expect(try SigV4.parse(inHeader).payload == .sha256(hash))
    }

    @Test func `refuse headers nobody signed`() {
        #expect(throws: SigV4Failure.headersNotSigned(["x-amz-acl"])) {
            try verified(presigned("s3").adding([("x-amz-acl", "public-read")]), now: suiteNow)
        }
    }

    @Test(arguments: 0..<2_000 as Range<UInt64>)
    func `neither crash nor verify after a mutation`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let valid = presigned("s3", "/b/k?versionId=1")
        var request = valid
        let bytes = generator.mutation(of: Array(valid.rawQuery.utf8))
        request.rawQuery = String(decoding: bytes, as: UTF8.self)
        guard (try? verified(request, now: suiteNow)) != nil else { return }
        var (before, after) = ([UInt8](), [UInt8]())
        CanonicalQuery.append(valid.rawQuery, to: &before)
        CanonicalQuery.append(request.rawQuery, to: &after)
        #expect(before == after, "seed \(seed)")
    }
}
