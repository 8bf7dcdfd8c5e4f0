package import AWSProtocol
package import Operations

/// Every way in which an operation of STS can fail.
package enum STSError: Error {
    /// `ValidationError` with AWS's text.
    case validation(String)
    case invalidParameter(String)
    case tags(SessionTagFault)
    case malformedPolicy(String)
    /// The session's policies and tags take more room than there is, in percent.
    case packedPolicyTooLarge(percent: Int)
    /// A refusal that no policy decided, in the form of a denial.
    case denied(String)
    case webIdentity(WebIdentityError)
    case invalidAuthorizationMessage
    case outboundFederationDisabled
    case unsupported(String)
    case identities(IAMError)
}

// MARK: Wire

extension STSError: OperationFailure {
    package var absentResource: ProtectedResource? { nil }

    package var isSuperseded: Bool { false }

    /// The codes, texts and statuses of AWS STS.
    ///
    /// Source: botocore's model of sts; texts as the service gives them.
    package var wire: WireError {
        switch self {
        case .validation(let text): WireError(code: "ValidationError", message: text, httpStatus: 400)
        case .invalidParameter(let text):
            WireError(code: "InvalidParameterValue", message: text, httpStatus: 400)
        case .tags(let fault):
            WireError(code: "InvalidParameterValue", message: fault.sentence, httpStatus: 400)
        case .malformedPolicy(let text):
            WireError(code: "MalformedPolicyDocument", message: text, httpStatus: 400)
        case .packedPolicyTooLarge(let percent):
            WireError(
                code: "PackedPolicyTooLarge",
                message: "Packed policy consumes \(percent)% of allotted space, please use smaller policy.",
                httpStatus: 400
            )
        case .denied(let text): WireError(code: "AccessDenied", message: text, httpStatus: 403)
        case .webIdentity(let error): error.wire
        case .invalidAuthorizationMessage:
            WireError(
                code: "InvalidAuthorizationMessageException",
                message: "The message provided is not valid.",
                httpStatus: 400
            )
        case .outboundFederationDisabled:
            WireError(
                code: "OutboundWebIdentityFederationDisabledException",
                message: "Outbound web identity federation is not enabled for this account.",
                httpStatus: 403
            )
        case .unsupported(let text):
            WireError(code: "UnsupportedOperation", message: text, httpStatus: 400)
        case .identities:
            WireError(
                code: "InternalFailure",
                message: "The request processing has failed because of an unknown error, exception or "
                    + "failure.",
                httpStatus: 500
            )
        }
    }
}

extension SessionTagFault {
    fileprivate var sentence: String {
        switch self {
        case .duplicateTags: "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        case .reservedTag: "System tags cannot be added/updated/removed by requester"
        case .unknownTransitiveTag:
            "The specified transitive tag key must be included in the requested tags."
        case .inheritedTag:
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive "
                + "tag key from the calling session."
        }
    }
}

extension WebIdentityError {
    /// Whether a token is malformed, forged or out of place is told; what is behind the server's network is not.
    fileprivate var wire: WireError {
        let (code, message) = codeAndMessage
        return WireError(code: code, message: message, httpStatus: 400)
    }

    private var codeAndMessage: (String, String) {
        let invalid = "InvalidIdentityToken"
        switch self {
        case .malformedToken:
            return (
                invalid,
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
            )
        case .refusedAlgorithm(let name):
            return (
                invalid,
                "The ID Token is signed with the algorithm \(name.printable), which is not one of RS256, RS384, "
                    + "RS512, ES256 and ES384."
            )
        case .unknownProvider(let url):
            return (invalid, "No OpenIDConnect provider found in your account for \(url.printable)")
        case .wrongAudience: return (invalid, "Incorrect token audience")
        case .claim(.missing(let name)): return (invalid, "Missing a required claim: \(name)")
        case .claim(.malformed(let name)): return (invalid, "The claim \(name) is not valid.")
        case .claim(.notYetValid(let name)):
            return (invalid, "The ID Token is not yet valid: its claim \(name) lies in the future.")
        case .expired(let now, let expiry):
            return (
                "ExpiredTokenException",
                "Token expired: current date/time \(now) must be before the expiration date/time \(expiry)"
            )
        case .unknownKey, .keyMismatch, .invalidKeySet:
            return (
                invalid,
                "Couldn't retrieve verification key from your identity provider, please reference "
                    + "AssumeRoleWithWebIdentity documentation for requirements"
            )
        case .invalidSignature: return (invalid, "The ID Token's signature is not valid.")
        case .unreachable(let failure):
            // What may go better later is told as such: SDKs try again after it.
            switch failure {
            case .timedOut, .unreachable, .status(429), .status(500...):
                return (
                    "IDPCommunicationError",
                    "The identity provider's keys could not be retrieved: \(failure)."
                )
            case .insecure, .forbiddenAddress, .redirected, .tooLarge, .status:
                return (
                    invalid,
                    "Couldn't retrieve verification key from your identity provider: \(failure)."
                )
            }
        }
    }
}

extension String {
    /// The text without characters that could break a line.
    fileprivate var printable: String {
        String(decoding: utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
