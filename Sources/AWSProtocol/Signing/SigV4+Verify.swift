import Crypto

package import struct Foundation.Date

extension SigV4 {
    /// Proves that a request was signed with a key, is fresh, and left nothing that matters unsigned.
    ///
    /// The scope must have been held against the service before: the key says nothing about who asked for
    /// it. When the body has not been read, its reader holds it against `claim.payload`.
    package static func verify(
        _ claim: SignatureClaim,
        of request: SignedRequest,
        with key: SigningKey,
        now: Date
    ) throws(SigV4Failure) {
        try requireFresh(claim, now: Timestamp.seconds(of: now))
        // No client names a header twice, so no signature is right for a request that does.
        guard !claim.terms.hasDuplicates else { throw .signatureMismatch }
        try requireSignedHeaders(claim, in: request)
        let hash = try payloadHash(claim, of: request)
        let stringToSign = CanonicalRequest.stringToSign(
            request,
            signedHeaders: claim.signedHeaders,
            payloadHash: hash,
            moment: claim.moment,
            scopeText: claim.terms.scopeText,
            isS3: claim.terms.isS3
        )
        guard key.isValid(claim.signature, of: stringToSign) else { throw .signatureMismatch }
    }

    private static func requireFresh(_ claim: SignatureClaim, now: Int64) throws(SigV4Failure) {
        let window = claim.terms.isS3 ? skewOfS3 : skewElsewhere
        guard claim.timestamp - window <= now else {
            throw .notYetCurrent(timestamp: claim.timestamp, now: now, window: window)
        }
        switch claim.source {
        case .header:
            guard claim.timestamp + window >= now else {
                throw .expired(timestamp: claim.timestamp, now: now, window: window)
            }
        case .query(let expires):
            guard claim.timestamp + Int64(expires) > now else {
                throw .presignedExpired(timestamp: claim.timestamp, expires: Int64(expires), now: now)
            }
        }
    }

    /// Refuses requests in which somebody may have added or changed a header that has a meaning.
    ///
    /// S3 requires all `x-amz-` headers to be signed; the others those that choose operation, time and
    /// session, since some of their clients leave informational ones unsigned.
    private static func requireSignedHeaders(
        _ claim: SignatureClaim,
        in request: SignedRequest
    ) throws(SigV4Failure) {
        var unsigned = claim.terms.signsHost ? [] : ["host"]
        if claim.terms.isS3 {
            unsigned += request.headers.names(withPrefix: "x-amz-").filter { !claim.signs($0) }
        } else {
            for name in claim.terms.unsigned where request.headers.contains(name) { unsigned.append(name) }
        }
        guard unsigned.isEmpty else { throw .headersNotSigned(unsigned) }
    }

    /// The last line of the canonical request.
    private static func payloadHash(
        _ claim: SignatureClaim,
        of request: SignedRequest
    ) throws(SigV4Failure) -> [UInt8] {
        switch claim.payload {
        case .body:
            guard let computed = computedHash(request.payload) else { throw .missingPayloadHash }
            return computed
        case .sha256(let declared):
            guard let computed = computedHash(request.payload), !computed.elementsEqual(declared.utf8)
            else { return Array(declared.utf8) }
            guard isS3(claim.scope) else { throw .signatureMismatch }
            throw .payloadMismatch(declared: declared, computed: String(decoding: computed, as: UTF8.self))
        case .unsigned, .signedChunks, .unsignedChunks:
            return Array((claim.payload.text ?? "").utf8)
        }
    }

    /// The hash of the body in hexadecimal digits; nil while the body has not been read.
    static func computedHash(_ payload: SignedRequest.Payload) -> [UInt8]? {
        var digits: [UInt8] = []
        digits.reserveCapacity(64)
        switch payload {
        case .bytes(let body): Digest.appendHex(ofSHA256: body, to: &digits)
        case .sha256(let digest): digest.withUnsafeBytes { Hex.append($0, to: &digits) }
        case .unread: return nil
        }
        return digits
    }
}
