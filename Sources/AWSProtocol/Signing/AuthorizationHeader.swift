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

    func claim(of request: SignedRequest) throws(SigV4Failure) -> SignatureClaim {
        let dateName = request.headers.contains("x-amz-date") ? "x-amz-date" : "date"
        guard let credential, let signature, let signedHeaders, request.headers.contains(dateName) else {
            throw .incompleteHeader(
                missing(hasDate: request.headers.contains(dateName)),
                digest: Self.digest(of: header)
            )
        }
        let named = try CredentialText(credential, in: .header)
        let timestamp = try request.headers.withValue(of: dateName) {
            (date) throws(SigV4Failure) -> Int64 in try Self.timestamp(date, day: named.scope.day)
        }
        return SignatureClaim(
            named,
            source: .header,
            payload: try payload(of: request, scope: named.scope),
            timestamp: timestamp,
            sessionToken: request.headers["x-amz-security-token"].map { SessionToken($0) },
            signedHeaders: Array(signedHeaders),
            signature: try SigV4.signature(signature)
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

    /// The moment a date names, which must lie on the day of the scope.
    private static func timestamp(
        _ date: UnsafeBufferPointer<UInt8>?,
        day: String
    ) throws(SigV4Failure) -> Int64 {
        guard let date else { throw .malformedDate(.header, "") }
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
    private func payload(
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
