import COpenSSL

/// What a request says about its signature; nothing of it has been proved.
///
/// A class, because several stages hold it, and a copy would retain each of its many parts.
package final class SignatureClaim: Sendable {
    /// Where the signature stood.
    package enum Source: Hashable, Sendable {
        case header
        /// A presigned address, good for so many seconds from its timestamp.
        case query(expires: Int)
    }

    package var accessKeyID: String { terms.accessKeyID }
    /// The service and Region the caller has in mind; compare them with `requireScope`.
    package var scope: CredentialScope { terms.scope }
    package let source: Source
    package let payload: PayloadMode
    /// `X-Amz-Date` or `Date` as seconds since 1970.
    package var timestamp: Int64 { moment.seconds }
    /// The token that goes with a temporary access key; it opens the session and must be sealed or looked up.
    package let sessionToken: SessionToken?

    let moment: SigningMoment
    let terms: SigningTerms
    /// 32 bytes.
    let signature: [UInt8]

    init(
        _ terms: SigningTerms,
        source: Source,
        payload: PayloadMode,
        moment: SigningMoment,
        sessionToken: SessionToken?,
        signature: [UInt8]
    ) {
        self.terms = terms
        self.source = source
        self.payload = payload
        self.moment = moment
        self.sessionToken = sessionToken
        self.signature = signature
    }

    /// Whether another claim was made in the same words up to the signature, on the same connection.
    package func repeats(_ other: SignatureClaim) -> Bool { terms === other.terms }

    /// The names of the signed headers, joined by semicolons, as sent.
    var signedHeaders: [UInt8] { terms.signedHeaders }

    /// The names of the signed headers.
    package var signedHeaderNames: [String] {
        signedHeaders.split(separator: UInt8(ascii: ";")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The timestamp as it is signed, as in `20150830T123600Z`.
    package var timestampText: String { Timestamp.basic(seconds: timestamp) }

    /// The signature in hexadecimal digits.
    package var signatureText: String { Hex.encode(signature) }

    /// Whether a header, named in lower case, is among the signed ones.
    package func signs(_ name: String) -> Bool {
        SignedHeaderNames.contains(name, in: signedHeaders)
    }

    /// Holds the scope against the service that got the request and the Regions it serves.
    ///
    /// A global service also takes signatures for its global Region. An error names the first Region as the
    /// one expected.
    package func requireScope(
        service: AWSService,
        in regions: [Region]
    ) throws(SigV4Failure) -> Region {
        guard scope.service == service.signingName else {
            throw .wrongService(source.kind, given: scope.service, expected: service)
        }
        if let global = service.globalRegion, scope.region == global.description { return global }
        guard let region = regions.first(where: { $0.description == scope.region }) else {
            throw .wrongRegion(source.kind, given: scope.region, expected: regions.first)
        }
        return region
    }
}

extension SignatureClaim: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "signature of \(accessKeyID) for \(scope.text)" }
    package var debugDescription: String { description }
    // The signature of a presigned address is a bearer token.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// A session token as it came; it prints as `<redacted>`.
package struct SessionToken: Sendable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// Compares in a time that depends on the lengths only.
    package func isEqual(to other: SessionToken) -> Bool {
        text.withUTF8Bytes { one in
            other.text.withUTF8Bytes { other in
                one.count == other.count && CRYPTO_memcmp(one.baseAddress, other.baseAddress, one.count) == 0
            }
        }
    }

    /// Gives the token to `body`.
    package func exposingSecret<Result, Failure: Error>(
        _ body: (String) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(text)
    }
}

extension SessionToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
