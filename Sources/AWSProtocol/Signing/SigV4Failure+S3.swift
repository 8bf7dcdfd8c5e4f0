import struct Foundation.Date

extension SigV4Failure {
    /// The error as S3 words it (S3 API Reference, "Error responses").
    var s3Error: WireError {
        switch self {
        case .missingAuthentication: Self.denied("Access Denied")
        case .severalMechanisms: Self.badRequest("InvalidArgument", Self.oneMechanism)
        case .signatureVersion2, .signatureVersion4A: Self.badRequest("InvalidRequest", Self.useVersion4)
        case .unsupportedAlgorithm(.header, _), .malformedHeader:
            Self.badRequest("InvalidArgument", "Unsupported Authorization Type")
        case .unsupportedAlgorithm(.query, _):
            Self.badQuery("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"")
        case .incompleteHeader([.date], _), .malformedDate(.header, _):
            Self.denied("AWS authentication requires a valid Date or x-amz-date header")
        case .incompleteHeader: Self.badHeader(Self.componentsNeeded)
        case .missingQueryParameter, .repeatedQueryParameter: Self.badQuery(Self.parametersNeeded)
        case .malformedDate(.query, _):
            Self.badQuery("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"")
        case .malformedExpires(let fault): Self.badQuery(Self.text(of: fault))
        case .malformedCredential(let place, _): Self.badCredential(place, Self.credentialForm)
        case .credentialDateMismatch(let place, let day, let timestamp):
            Self.badCredential(
                place,
                "Invalid credential date \"\(day)\". This date is not the same as X-Amz-Date: "
                    + "\"\(timestamp.prefix(8))\"."
            )
        case .wrongTerminator(let place, let terminator):
            Self.badCredential(
                place,
                "incorrect terminator \"\(terminator)\". This endpoint uses \"aws4_request\"."
            )
        case .wrongRegion(let place, let given, let expected):
            Self.wrongRegion(place, given, expected?.description ?? "us-east-1")
        case .wrongService(let place, let given, let expected):
            Self.badCredential(
                place,
                "incorrect service \"\(given)\". This endpoint belongs to \"\(expected.signingName)\"."
            )
        case .expired(let timestamp, let now, let window), .notYetCurrent(let timestamp, let now, let window):
            Self.skewed(timestamp, now, window)
        case .presignedExpired(let timestamp, let expires, let now):
            Self.presignedExpired(timestamp, expires, now)
        case .headersNotSigned(let names):
            Self.denied(
                "There were headers present in the request which were not signed",
                .init("HeadersNotSigned", names.joined(separator: ", "))
            )
        case .missingPayloadHash:
            Self.badRequest(
                "InvalidRequest",
                "Missing required header for this request: x-amz-content-sha256"
            )
        case .malformedPayloadHash: Self.badRequest("InvalidArgument", Self.payloadHashForm)
        case .payloadMismatch(let declared, let computed): Self.payloadMismatch(declared, computed)
        case .signatureMismatch: Self.forbidden("SignatureDoesNotMatch", Self.mismatchAtS3)
        case .unknownAccessKey(let id):
            Self.forbidden(
                "InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.",
                .init("AWSAccessKeyId", id)
            )
        case .invalidToken:
            Self.badRequest("InvalidToken", "The provided token is malformed or otherwise invalid.")
        case .expiredToken: Self.badRequest("ExpiredToken", "The provided token has expired.")
        }
    }

    private static func forbidden(
        _ code: String,
        _ message: String,
        _ details: WireError.Detail...
    ) -> WireError {
        WireError(code: code, message: message, httpStatus: 403, details: details)
    }

    private static func denied(_ message: String, _ details: WireError.Detail...) -> WireError {
        WireError(code: "AccessDenied", message: message, httpStatus: 403, details: details)
    }

    private static func badRequest(
        _ code: String,
        _ message: String,
        _ details: WireError.Detail...
    ) -> WireError {
        WireError(code: code, message: message, httpStatus: 400, details: details)
    }

    private static func badHeader(_ fault: String, _ details: WireError.Detail...) -> WireError {
        WireError(
            code: "AuthorizationHeaderMalformed",
            message: "The authorization header is malformed; \(fault)",
            httpStatus: 400,
            details: details
        )
    }

    private static func badQuery(_ message: String, _ details: WireError.Detail...) -> WireError {
        WireError(
            code: "AuthorizationQueryParametersError",
            message: message,
            httpStatus: 400,
            details: details
        )
    }

    private static func badCredential(_ place: SignatureClaim.Source.Kind, _ fault: String) -> WireError {
        switch place {
        case .header: badHeader(fault)
        case .query: badQuery("Error parsing the X-Amz-Credential parameter; \(fault)")
        }
    }

    /// Clients read the Region out of this error and try again.
    private static func wrongRegion(
        _ place: SignatureClaim.Source.Kind,
        _ given: String,
        _ expected: String
    ) -> WireError {
        let fault = "the region '\(given)' is wrong; expecting '\(expected)'"
        return switch place {
        case .header: badHeader(fault, .init("Region", expected))
        case .query:
            badQuery("Error parsing the X-Amz-Credential parameter; \(fault)", .init("Region", expected))
        }
    }

    private static func skewed(_ timestamp: Int64, _ now: Int64, _ window: Int64) -> WireError {
        forbidden(
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            .init("RequestTime", Timestamp.basic(seconds: timestamp)),
            .init("ServerTime", iso8601(now)),
            .init("MaxAllowedSkewMilliseconds", String(window * 1_000))
        )
    }

    private static func presignedExpired(_ timestamp: Int64, _ expires: Int64, _ now: Int64) -> WireError {
        denied(
            "Request has expired",
            .init("X-Amz-Expires", String(expires)),
            .init("Expires", iso8601(timestamp + expires)),
            .init("ServerTime", iso8601(now))
        )
    }

    private static func payloadMismatch(_ declared: String, _ computed: String) -> WireError {
        badRequest(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            .init("ClientComputedContentSHA256", declared),
            .init("S3ComputedContentSHA256", computed)
        )
    }

    private static func iso8601(_ seconds: Int64) -> String {
        Timestamp.iso8601(Date(timeIntervalSince1970: Double(seconds)))
    }

    private static let useVersion4 =
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
    private static let componentsNeeded =
        "the authorization header requires three components: Credential, SignedHeaders, and Signature."
    private static let credentialForm =
        "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."
    private static let parametersNeeded =
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
        + "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
    private static let payloadHashForm =
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
        + "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
        + "or a valid sha256 value."
    private static let mismatchAtS3 =
        "The request signature we calculated does not match the signature you provided. "
        + "Check your key and signing method."
}
