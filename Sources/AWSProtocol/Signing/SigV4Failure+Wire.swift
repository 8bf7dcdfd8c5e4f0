extension SigV4Failure {
    /// The error as a protocol family words it.
    package func wireError(for family: WireProtocol) -> WireError {
        switch family {
        case .json:
            let (kind, message) = described
            return WireError(code: kind.jsonCode, message: message, httpStatus: 400)
        case .query:
            let (kind, message) = described
            return WireError(code: kind.queryCode, message: message, httpStatus: 403)
        case .restXML: return s3Error
        }
    }

    /// The codes of the JSON and Query protocols, which differ in name alone.
    private enum Kind {
        case missing
        case incomplete
        case mismatch
        case unknownClient
        case expiredToken

        var jsonCode: String {
            switch self {
            case .missing: "MissingAuthenticationTokenException"
            case .incomplete: "IncompleteSignatureException"
            case .mismatch: "InvalidSignatureException"
            case .unknownClient: "UnrecognizedClientException"
            case .expiredToken: "ExpiredTokenException"
            }
        }

        var queryCode: String {
            switch self {
            case .missing: "MissingAuthenticationToken"
            case .incomplete: "IncompleteSignature"
            case .mismatch: "SignatureDoesNotMatch"
            case .unknownClient: "InvalidClientTokenId"
            case .expiredToken: "ExpiredToken"
            }
        }
    }

    private var described: (Kind, String) {
        switch self {
        case .missingAuthentication: (.missing, "Request is missing Authentication Token")
        case .severalMechanisms: (.incomplete, Self.oneMechanism)
        case .signatureVersion2:
            (.incomplete, "AWS Signature Version 2 is not supported. Please use AWS4-HMAC-SHA256.")
        case .signatureVersion4A:
            (.incomplete, "AWS4-ECDSA-P256-SHA256 is not supported. Please use AWS4-HMAC-SHA256.")
        case .unsupportedAlgorithm(_, let name): (.incomplete, "Unsupported AWS 'algorithm': '\(name)'.")
        case .incompleteHeader(let missing, let digest): (.incomplete, Self.incomplete(missing, digest))
        case .malformedHeader(let digest):
            (
                .incomplete,
                "Invalid key=value pair (missing equal-sign) in Authorization header "
                    + "(hashed with SHA-256 and encoded with Base64): '\(digest)'."
            )
        case .missingQueryParameter(let name):
            (
                .incomplete,
                "AWS query-string parameters must include '\(name)'. Re-examine the query-string parameters."
            )
        case .repeatedQueryParameter(let name):
            (.incomplete, "AWS query-string parameters must include '\(name)' once and well-formed.")
        case .malformedCredential(_, let text):
            (
                .incomplete,
                "Credential must have exactly 5 slash-delimited elements, "
                    + "e.g. keyid/date/region/service/term, got '\(text)'."
            )
        case .malformedDate(_, let text):
            (
                .incomplete,
                "Date must be in ISO-8601 'basic format'. Got '\(text)'. "
                    + "See http://en.wikipedia.org/wiki/ISO_8601"
            )
        case .malformedExpires(let fault): (.incomplete, Self.text(of: fault))
        case .malformedPayloadHash:
            (.mismatch, "x-amz-content-sha256 must be the SHA-256 hash of the body in hexadecimal digits.")
        case .missingPayloadHash, .payloadMismatch, .signatureMismatch: (.mismatch, Self.mismatch)
        case .credentialDateMismatch(_, let day, let timestamp):
            (.mismatch, Self.dateMismatch(day, timestamp))
        case .wrongTerminator(_, let terminator):
            (
                .mismatch,
                "Credential should be scoped with a valid terminator: 'aws4_request', not '\(terminator)'."
            )
        case .wrongRegion: (.mismatch, "Credential should be scoped to a valid region.")
        case .wrongService(_, _, let expected):
            (.mismatch, "Credential should be scoped to correct service: '\(expected.signingName)'.")
        case .expired(let timestamp, let now, let window): (.mismatch, Self.expired(timestamp, now, window))
        case .presignedExpired(let timestamp, let expires, let now):
            (.mismatch, Self.expired(timestamp, now, expires))
        case .notYetCurrent(let timestamp, let now, let window):
            (.mismatch, Self.notYetCurrent(timestamp, now, window))
        case .headersNotSigned(let names): (.mismatch, Self.notSigned(names))
        case .unknownAccessKey, .invalidToken:
            (.unknownClient, "The security token included in the request is invalid.")
        case .expiredToken: (.expiredToken, "The security token included in the request is expired")
        }
    }
}

// MARK: Texts

extension SigV4Failure {
    static let oneMechanism =
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
        + "parameter or the Authorization header should be specified"

    private static let mismatch =
        "The request signature we calculated does not match the signature you provided. Check your AWS "
        + "Secret Access Key and signing method. Consult the service documentation for details."

    static func text(of fault: ExpiresFault) -> String {
        switch fault {
        case .notANumber: "X-Amz-Expires should be a number"
        case .negative: "X-Amz-Expires must be non-negative"
        case .tooLong:
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "
                + "less than 604800 seconds"
        }
    }

    private static func incomplete(_ missing: [Component], _ digest: String) -> String {
        let sentences = missing.map { component in
            switch component {
            case .credential, .signature, .signedHeaders:
                "Authorization header requires '\(component.rawValue)' parameter. "
            case .date:
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
            }
        }
        return sentences.joined() + "(Hashed with SHA-256 and encoded with Base64) Authorization=\(digest)"
    }

    private static func dateMismatch(_ day: String, _ timestamp: String) -> String {
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            + "'\(day)' != '\(timestamp.prefix(8))', from '\(timestamp)'."
    }

    private static func expired(_ timestamp: Int64, _ now: Int64, _ window: Int64) -> String {
        "Signature expired: \(text(timestamp)) is now earlier than \(text(now - window)) "
            + "(\(text(now)) - \(text(window: window)))"
    }

    private static func notYetCurrent(_ timestamp: Int64, _ now: Int64, _ window: Int64) -> String {
        "Signature not yet current: \(text(timestamp)) is still later than \(text(now + window)) "
            + "(\(text(now)) + \(text(window: window)))"
    }

    private static func notSigned(_ names: [String]) -> String {
        names.map { name in
            let shown = name == "host" ? "'Host' or ':authority'" : "'\(name)'"
            return "\(shown) must be a 'SignedHeader' in the AWS Authorization."
        }.joined(separator: " ")
    }

    private static func text(_ seconds: Int64) -> String { Timestamp.basic(seconds: seconds) }

    private static func text(window seconds: Int64) -> String {
        seconds.isMultiple(of: 60) ? "\(seconds / 60) min." : "\(seconds) sec."
    }
}
