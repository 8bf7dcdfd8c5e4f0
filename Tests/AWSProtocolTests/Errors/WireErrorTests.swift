import Foundation
import Testing

@testable import AWSProtocol

@Suite("WireError")
struct WireErrorTests {
    private let id = RequestID("1234abcd-12ab-44cd-96ef-1234567890ab") ?? .random()
    private let error = WireError(code: "NotFoundException", message: "Key \"<a>\" & é", httpStatus: 400)

    private func body(_ response: ErrorResponse) -> String { String(decoding: response.body, as: UTF8.self) }

    private func header(_ response: ErrorResponse, _ name: String) -> String? {
        response.headers.first { $0.name == name }?.value
    }

    @Test func `is JSON at services that speak JSON`() {
        let response = error.response(from: .kms, requestID: id)
        #expect(response.status == 400)
        #expect(body(response) == #"{"__type":"NotFoundException","message":"Key \"<a>\" & é"}"#)
        #expect(header(response, "Content-Type") == "application/x-amz-json-1.1")
        #expect(header(response, "x-amzn-ErrorType") == "NotFoundException")
        #expect(header(response, "x-amzn-RequestId") == id.description)
    }

    @Test func `may have no message`() {
        let error = WireError(code: "InvalidCiphertextException", message: nil, httpStatus: 400)
        #expect(
            body(error.response(from: .kms, requestID: id)) == #"{"__type":"InvalidCiphertextException"}"#
        )
        #expect(!body(error.response(from: .sts, requestID: id)).contains("Message"))
        #expect(!body(error.response(from: .s3, requestID: id)).contains("Message"))
    }

    @Test func `is XML at services that speak Query`() {
        let response = error.response(from: .sts, requestID: id)
        #expect(
            body(response)
                == "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                + "<Error><Type>Sender</Type>"
                + "<Code>NotFoundException</Code><Message>Key &quot;&lt;a&gt;&quot; &amp; é</Message></Error>"
                + "<RequestId>\(id)</RequestId></ErrorResponse>"
        )
        #expect(header(response, "Content-Type") == "text/xml")
        let fault = WireError(code: "InternalFailure", message: nil, httpStatus: 500)
        #expect(fault.fault == .server)
        #expect(body(fault.response(from: .iam, requestID: id)).contains("<Type>Receiver</Type>"))
    }

    @Test func `is XML with details at S3`() {
        let error = WireError(
            code: "AccessDenied",
            message: "no",
            httpStatus: 403,
            details: [.init("HeadersNotSigned", "x-amz-acl")]
        )
        let response = error.response(from: .s3, requestID: id)
        #expect(response.status == 403)
        #expect(
            body(response)
                == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                + "<Error><Code>AccessDenied</Code><Message>no</Message>"
                + "<HeadersNotSigned>x-amz-acl</HeadersNotSigned><RequestId>\(id)</RequestId>"
                + "<HostId></HostId></Error>"
        )
        let text = String(
            decoding: error.s3Body(resource: "/b/<k>", requestID: id, hostID: "h"),
            as: UTF8.self
        )
        #expect(text.contains("<Resource>/b/&lt;k&gt;</Resource>"))
        #expect(text.contains("<HostId>h</HostId>"))
    }

    static let kinds: [(SigV4Failure, json: String, query: String, s3: String, s3Status: Int)] = [
        (
            .missingAuthentication, "MissingAuthenticationTokenException", "MissingAuthenticationToken",
            "AccessDenied", 403
        ),
        (.severalMechanisms, "IncompleteSignatureException", "IncompleteSignature", "InvalidArgument", 400),
        (.signatureVersion2, "IncompleteSignatureException", "IncompleteSignature", "InvalidRequest", 400),
        (
            .malformedCredential(.header, "x"), "IncompleteSignatureException", "IncompleteSignature",
            "AuthorizationHeaderMalformed", 400
        ),
        (
            .malformedCredential(.query, "x"), "IncompleteSignatureException", "IncompleteSignature",
            "AuthorizationQueryParametersError", 400
        ),
        (
            .signatureMismatch, "InvalidSignatureException", "SignatureDoesNotMatch", "SignatureDoesNotMatch",
            403
        ),
        (
            .unknownAccessKey("AKID"), "UnrecognizedClientException", "InvalidClientTokenId",
            "InvalidAccessKeyId", 403
        ),
        (.invalidToken, "UnrecognizedClientException", "InvalidClientTokenId", "InvalidToken", 400),
        (.expiredToken, "ExpiredTokenException", "ExpiredToken", "ExpiredToken", 400),
        (
            .expired(timestamp: 0, now: 1, window: 2), "InvalidSignatureException", "SignatureDoesNotMatch",
            "RequestTimeTooSkewed", 403
        ),
        (
            .presignedExpired(timestamp: 0, expires: 1, now: 2), "InvalidSignatureException",
            "SignatureDoesNotMatch", "AccessDenied", 403
        ),
        (.headersNotSigned(["a"]), "InvalidSignatureException", "SignatureDoesNotMatch", "AccessDenied", 403),
        (
            .wrongRegion(.header, given: "a", expected: nil), "InvalidSignatureException",
            "SignatureDoesNotMatch", "AuthorizationHeaderMalformed", 400
        ),
    ]

    @Test(arguments: kinds.indices)
    func `has the code of its protocol when a signature fails`(index: Int) {
        let (failure, json, query, s3, s3Status) = Self.kinds[index]
        #expect(failure.wireError(for: .json).code == json)
        #expect(failure.wireError(for: .json).httpStatus == 400)
        #expect(failure.wireError(for: .query).code == query)
        #expect(failure.wireError(for: .query).httpStatus == 403)
        #expect(failure.wireError(for: .restXML).code == s3)
        #expect(failure.wireError(for: .restXML).httpStatus == s3Status)
        #expect(failure.wireError(for: .json).message == failure.wireError(for: .query).message)
    }

    static let texts: [(SigV4Failure, WireProtocol, String)] = [
        (
            .expired(timestamp: 1_785_752_100, now: 1_785_754_200, window: 300), .json,
            "Signature expired: 20260803T101500Z is now earlier than 20260803T104500Z "
                + "(20260803T105000Z - 5 min.)"
        ),
        (
            .notYetCurrent(timestamp: 1_785_754_800, now: 1_785_754_200, window: 300), .json,
            "Signature not yet current: 20260803T110000Z is still later than 20260803T105500Z "
                + "(20260803T105000Z + 5 min.)"
        ),
        (
            .signatureMismatch, .query,
            "The request signature we calculated does not match the signature you provided. Check your "
                + "AWS Secret Access Key and signing method. Consult the service documentation for details."
        ),
        (.unknownAccessKey("AKID"), .json, "The security token included in the request is invalid."),
        (.expiredToken, .query, "The security token included in the request is expired"),
        (
            .wrongRegion(.header, given: "x", expected: nil), .json,
            "Credential should be scoped to a valid region."
        ),
        (
            .wrongService(.header, given: "x", expected: .kms), .json,
            "Credential should be scoped to correct service: 'kms'."
        ),
        (
            .credentialDateMismatch(.header, day: "20150830", timestamp: "20150831T000000Z"), .json,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                + "'20150830' != '20150831', from '20150831T000000Z'."
        ),
        (
            .headersNotSigned(["host"]), .json,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        ),
        (
            .wrongRegion(.header, given: "aws-global", expected: nil), .restXML,
            "The authorization header is malformed; the region 'aws-global' is wrong; expecting 'us-east-1'"
        ),
        (
            .headersNotSigned(["x-amz-acl"]), .restXML,
            "There were headers present in the request which were not signed"
        ),
        (.presignedExpired(timestamp: 0, expires: 1, now: 2), .restXML, "Request has expired"),
        (.malformedExpires(.negative), .restXML, "X-Amz-Expires must be non-negative"),
    ]

    @Test(arguments: texts.indices)
    func `has AWS's words when a signature fails`(index: Int) {
        let (failure, family, text) = Self.texts[index]
        #expect(failure.wireError(for: family).message == text)
    }

    @Test func `tells S3's clients what to correct`() {
        let region = SigV4Failure.wrongRegion(.header, given: "a", expected: Region("eu-west-1")).wireError(
            for: .restXML
        )
        #expect(region.details == [.init("Region", "eu-west-1")])
        let expired = SigV4Failure.presignedExpired(timestamp: 0, expires: 60, now: 120).wireError(
            for: .restXML
        )
        #expect(
            expired.details == [
                .init("X-Amz-Expires", "60"), .init("Expires", "1970-01-01T00:01:00Z"),
                .init("ServerTime", "1970-01-01T00:02:00Z"),
            ]
        )
    }
}
