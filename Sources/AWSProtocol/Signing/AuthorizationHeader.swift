import Crypto

/// The components of an `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…` header.
///
/// It points into the bytes of the request and must not outlive the closure that lends them.
struct AuthorizationHeader {
    private let header: UnsafeBufferPointer<UInt8>
    private var credential: UnsafeBufferPointer<UInt8>?
    private var signedHeaders: UnsafeBufferPointer<UInt8>?
    private var signature: UnsafeBufferPointer<UInt8>?

    init(_ header: UnsafeBufferPointer<UInt8>) throws(SigV4Failure) {
        self.header = header
        let (scheme, components) = header.divided(at: " ")
        try Self.requireAlgorithm(scheme, of: header)
        var rest = components
        while let piece = rest {
            let (component, next) = piece.divided(at: ",")
            rest = next
            let (name, value) = component.trimmed().divided(at: "=")
            guard let value, set(name, value) else {
                throw .malformedHeader(digest: Self.digest(of: header))
            }
        }
    }

    /// What a header and the request around it claim; `memory` is that of the connection they came on.
    static func claim(
        _ header: UnsafeBufferPointer<UInt8>,
        of request: SignedRequest,
        recalling memory: SigningMemory?
    ) throws(SigV4Failure) -> SignatureClaim {
        if let (terms, signature) = memory?.recall(header),
            let moment = try moment(of: request, day: terms.scope.day, recalling: memory)
        {
            memory?.keep(moment)
            return try claim(of: request, terms, moment, signature)
        }
        return try AuthorizationHeader(header).claim(of: request, keptIn: memory)
    }

    private func claim(
        of request: SignedRequest,
        keptIn memory: SigningMemory?
    ) throws(SigV4Failure) -> SignatureClaim {
        let hasDate = request.headers.contains("x-amz-date") || request.headers.contains("date")
        guard let credential, let signature, let signedHeaders, hasDate else {
            throw .incompleteHeader(missing(hasDate: hasDate), digest: Self.digest(of: header))
        }
        let terms = SigningTerms(
            try CredentialText(credential, in: .header),
            signedHeaders: Array(signedHeaders)
        )
        guard let moment = try Self.moment(of: request, day: terms.scope.day) else {
            throw .malformedDate(.header, "")
        }
        let claim = try Self.claim(of: request, terms, moment, try SigV4.signature(signature))
        memory?.keep(terms, moment, of: header, digits: signature)
        return claim
    }

    private static func claim(
        of request: SignedRequest,
        _ terms: SigningTerms,
        _ moment: SigningMoment,
        _ signature: @autoclosure () throws(SigV4Failure) -> [UInt8]
    ) throws(SigV4Failure) -> SignatureClaim {
        SignatureClaim(
            terms,
            source: .header,
            payload: try payload(of: request, scope: terms.scope),
            moment: moment,
            sessionToken: request.headers["x-amz-security-token"].map { SessionToken($0) },
            signature: try signature()
        )
    }

    /// False for an unknown or repeated component.
    private mutating func set(
        _ name: UnsafeBufferPointer<UInt8>,
        _ value: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if name.equals("Credential") {
            defer { credential = value }
            return credential == nil
        }
        if name.equals("SignedHeaders") {
            defer { signedHeaders = value }
            return signedHeaders == nil
        }
        defer { signature = value }
        return name.equals("Signature") && signature == nil
    }

    private func missing(hasDate: Bool) -> [SigV4Failure.Component] {
        var missing: [SigV4Failure.Component] = []
        if credential == nil { missing.append(.credential) }
        if signature == nil { missing.append(.signature) }
        if signedHeaders == nil { missing.append(.signedHeaders) }
        if !hasDate { missing.append(.date) }
        return missing
    }

    /// The moment that `X-Amz-Date` names or, without one, `Date`; nil where there is neither.
    ///
    /// `memory` has to hold a moment of the same day.
    private static func moment(
        of request: SignedRequest,
        day: String,
        recalling memory: SigningMemory? = nil
    ) throws(SigV4Failure) -> SigningMoment? {
        let ours = try request.headers.withValue(of: "x-amz-date") {
            (date) throws(SigV4Failure) -> SigningMoment? in
            guard let date else { return nil }
            if let known = memory?.recall(moment: date) { return known }
            return SigningMoment(seconds: try timestamp(date, day: day))
        }
        if let ours { return ours }
        return try request.headers.withValue(of: "date") {
            (date) throws(SigV4Failure) -> SigningMoment? in
            if let date { SigningMoment(seconds: try timestamp(date, day: day)) } else { nil }
        }
    }

    /// The moment a date names, which must lie on the day of the scope.
    private static func timestamp(
        _ date: UnsafeBufferPointer<UInt8>,
        day: String
    ) throws(SigV4Failure) -> Int64 {
        if let seconds = Timestamp.secondsOfBasic(date) {
            guard UnsafeBufferPointer(rebasing: date[..<8]).equals(day) else {
                throw .credentialDateMismatch(.header, day: day, timestamp: SigV4.echo(date))
            }
            return seconds
        }
        guard let seconds = Timestamp.secondsOfHTTP(date) else {
            throw .malformedDate(.header, SigV4.echo(date))
        }
        let text = Timestamp.basic(seconds: seconds)
        guard text.prefix(8) == day else {
            throw .credentialDateMismatch(.header, day: day, timestamp: text)
        }
        return seconds
    }

    /// S3 demands the hash of the body in a header, the others hash the body themselves.
    private static func payload(
        of request: SignedRequest,
        scope: CredentialScope
    ) throws(SigV4Failure) -> PayloadMode {
        guard let declared = request.headers["x-amz-content-sha256"] else {
            if SigV4.isS3(scope) { throw .missingPayloadHash }
            return .body
        }
        return try PayloadMode.declared(declared, scope: scope)
    }

    private static func requireAlgorithm(
        _ scheme: UnsafeBufferPointer<UInt8>,
        of header: UnsafeBufferPointer<UInt8>
    ) throws(SigV4Failure) {
        if scheme.equals(SigV4.algorithm) { return }
        if scheme.equals("AWS") { throw .signatureVersion2 }
        if scheme.equals(SigV4.algorithmV4A) { throw .signatureVersion4A }
        // Only names of AWS are repeated: anything else could be a credential of another scheme.
        if scheme.starts(with: "AWS4-".utf8) { throw .unsupportedAlgorithm(.header, SigV4.echo(scheme)) }
        throw .malformedHeader(digest: digest(of: header))
    }

    /// The hash of the header by which AWS names it in errors.
    private static func digest(of header: UnsafeBufferPointer<UInt8>) -> String {
        Base64.encode(Array(SHA256.hash(data: Array(header))))
    }
}

extension PayloadMode {
    /// Reads `x-amz-content-sha256`; only S3 knows other values than a hash.
    static func declared(_ text: String, scope: CredentialScope) throws(SigV4Failure) -> PayloadMode {
        guard let mode = PayloadMode(text) else { throw .malformedPayloadHash }
        if SigV4.isS3(scope) { return mode }
        guard case .sha256 = mode else { throw .malformedPayloadHash }
        return mode
    }
}
