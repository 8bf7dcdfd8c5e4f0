/// AWS Signature Version 4 on the server's side.
///
/// `parse` reads what a request claims, `SignatureClaim.requireScope` holds its scope against the service
/// that got it, and `verify` proves the signature with the caller's key. Follows "Signature Version 4 signing
/// process" of the IAM User Guide and "Authenticating Requests" of the S3 API Reference.
package enum SigV4 {
    package static let algorithm = "AWS4-HMAC-SHA256"
    static let algorithmV4A = "AWS4-ECDSA-P256-SHA256"

    /// Reads the signature of a request from its `Authorization` header or its query.
    ///
    /// `memory` is that of the connection that the request came on.
    ///
    /// - Throws: `.missingAuthentication` when there is none, which some operations allow.
    package static func parse(
        _ request: SignedRequest,
        recalling memory: SigningMemory? = nil
    ) throws(SigV4Failure) -> SignatureClaim {
        let query = try PresignedQuery(request.rawQuery)
        return try request.headers.withValue(of: "authorization") {
            (header) throws(SigV4Failure) -> SignatureClaim in
            switch (header, query) {
            case (nil, nil): throw .missingAuthentication
            case (_?, _?): throw .severalMechanisms
            case (let header?, nil):
                guard request.headers.occurrences(of: "authorization") == 1 else {
                    throw .severalMechanisms
                }
                return try AuthorizationHeader.claim(header, of: request, recalling: memory)
            case (nil, let query?): return try query.claim(of: request)
            }
        }
    }

    /// How long before and after its timestamp a request is accepted, in seconds: 15 minutes for S3, 5 for
    /// all others.
    static let skewOfS3: Int64 = 900
    static let skewElsewhere: Int64 = 300

    static func isS3(_ scope: CredentialScope) -> Bool { scope.service == AWSService.s3.signingName }

    /// The bytes of a signature; one that is not 64 hexadecimal digits cannot match.
    static func signature(_ text: UnsafeBufferPointer<UInt8>) throws(SigV4Failure) -> [UInt8] {
        guard text.count == 64, let bytes = Hex.decode(text) else { throw .signatureMismatch }
        return bytes
    }

    /// How much of a refused value an answer repeats.
    static let echoedCharactersMax = 256

    static func echo(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: bytes.prefix(echoedCharactersMax), as: UTF8.self)
    }
}

/// The parts of a `Credential`: key id, day, Region, service, terminator.
struct CredentialText {
    let accessKeyID: String
    let scope: CredentialScope

    init(
        _ text: UnsafeBufferPointer<UInt8>,
        in place: SignatureClaim.Source.Kind
    ) throws(SigV4Failure) {
        let (key, afterKey) = text.divided(at: "/")
        guard let (day, afterDay) = afterKey?.divided(at: "/"),
            let (region, afterRegion) = afterDay?.divided(at: "/"),
            let (service, terminator) = afterRegion?.divided(at: "/"), let terminator,
            !terminator.contains(UInt8(ascii: "/")), Self.isAccessKeyID(key), Self.isWord(day),
            Self.isWord(region), Self.isWord(service)
        else { throw .malformedCredential(place, SigV4.echo(text)) }
        guard terminator.equals(CredentialScope.terminator) else {
            throw .wrongTerminator(place, SigV4.echo(terminator))
        }
        accessKeyID = String(decoding: key, as: UTF8.self)
        scope = CredentialScope(
            day: String(decoding: day, as: UTF8.self),
            region: String(decoding: region, as: UTF8.self),
            service: String(decoding: service, as: UTF8.self)
        )
    }

    /// Printable ASCII, so that an id can go into logs as it is; AWS's own are 16 to 128 letters and digits.
    private static func isAccessKeyID(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        (1...128).contains(text.count) && text.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func isWord(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        (1...64).contains(text.count)
            && text.allSatisfy {
                $0.isASCIIDigit || $0.asciiLowercased.isASCIILowercase || $0 == UInt8(ascii: "-")
            }
    }
}
