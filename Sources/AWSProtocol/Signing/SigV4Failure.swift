/// Why a request is not accepted as signed.
package enum SigV4Failure: Error, Hashable, Sendable {
    /// What an `Authorization` header can lack.
    package enum Component: String, Hashable, Sendable {
        case credential = "Credential"
        case signature = "Signature"
        case signedHeaders = "SignedHeaders"
        case date
    }

    /// What is wrong with `X-Amz-Expires`.
    package enum ExpiresFault: Hashable, Sendable {
        case notANumber
        case negative
        case tooLong
    }

    case missingAuthentication
    case severalMechanisms
    case signatureVersion2
    case signatureVersion4A
    case unsupportedAlgorithm(SignatureClaim.Source.Kind, String)

    /// The digest is that of the header, so that the caller finds the request without the header being
    /// repeated.
    case incompleteHeader([Component], digest: String)
    case malformedHeader(digest: String)
    /// A presigned address without a parameter it needs.
    case missingQueryParameter(String)
    case repeatedQueryParameter(String)
    case malformedCredential(SignatureClaim.Source.Kind, String)
    case malformedDate(SignatureClaim.Source.Kind, String)
    case malformedExpires(ExpiresFault)
    case credentialDateMismatch(SignatureClaim.Source.Kind, day: String, timestamp: String)
    case wrongTerminator(SignatureClaim.Source.Kind, String)
    case wrongRegion(SignatureClaim.Source.Kind, given: String, expected: Region?)
    case wrongService(SignatureClaim.Source.Kind, given: String, expected: AWSService)

    /// `now` and `timestamp` are seconds since 1970; `window` is in seconds.
    case expired(timestamp: Int64, now: Int64, window: Int64)
    case notYetCurrent(timestamp: Int64, now: Int64, window: Int64)
    /// A presigned address past its `X-Amz-Expires`.
    case presignedExpired(timestamp: Int64, expires: Int64, now: Int64)

    case headersNotSigned([String])
    case missingPayloadHash
    case malformedPayloadHash
    case payloadMismatch(declared: String, computed: String)
    case signatureMismatch

    /// The access key is unknown, deleted or inactive.
    case unknownAccessKey(String)
    /// The session token cannot be opened or does not belong to the access key.
    case invalidToken
    case expiredToken
}

extension SignatureClaim.Source {
    /// The place of a signature without its lifetime.
    package enum Kind: Hashable, Sendable {
        case header
        case query
    }

    var kind: Kind {
        switch self {
        case .header: .header
        case .query: .query
        }
    }
}
