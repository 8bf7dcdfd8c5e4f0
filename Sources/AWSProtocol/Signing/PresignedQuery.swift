/// The signature parameters in the query of a presigned address.
struct PresignedQuery {
    private let parameters: [String: [UInt8]]

    /// The longest lifetime of a presigned address, in seconds: a week.
    static let expiresMax = 604_800
    /// The lifetime of a presigned address of STS, whatever `X-Amz-Expires` says, and the longest one of any
    /// other service but S3, in seconds.
    ///
    /// The tokens of Kubernetes clusters say 60 seconds and rely on 15 minutes.
    static let expiresElsewhere = 900

    /// Reads the query; nil when it holds no signature.
    init?(_ rawQuery: String) throws(SigV4Failure) {
        guard !rawQuery.isEmpty else { return nil }
        var parameters: [String: [UInt8]] = [:]
        var version2: Set<String> = []
        for piece in rawQuery.utf8.split(separator: UInt8(ascii: "&")) {
            let equals = piece.firstIndex(of: UInt8(ascii: "=")) ?? piece.endIndex
            guard let decoded = PercentEncoding.decode(piece[..<equals], plusIsSpace: true),
                decoded.starts(with: "X-Amz-".utf8) || Self.isVersion2(decoded)
            else { continue }
            let name = String(decoding: decoded, as: UTF8.self)
            if Self.isVersion2(decoded) {
                version2.insert(name)
            } else if Self.names.contains(name) {
                guard let value = PercentEncoding.decode(piece[equals...].dropFirst(), plusIsSpace: true),
                    parameters.updateValue(value, forKey: name) == nil
                else { throw .repeatedQueryParameter(name) }
            }
        }
        if parameters["X-Amz-Algorithm"] == nil, parameters["X-Amz-Signature"] == nil,
            parameters["X-Amz-Credential"] == nil
        {
            if version2.count == 2 { throw .signatureVersion2 }
            return nil
        }
        self.parameters = parameters
    }

    func claim(of request: SignedRequest) throws(SigV4Failure) -> SignatureClaim {
        let algorithm = try required("X-Amz-Algorithm")
        if algorithm == Array(SigV4.algorithmV4A.utf8) { throw .signatureVersion4A }
        guard algorithm == Array(SigV4.algorithm.utf8) else {
            throw .unsupportedAlgorithm(.query, echo(algorithm))
        }
        let credential = try required("X-Amz-Credential").withUnsafeBufferPointer {
            (text) throws(SigV4Failure) in try CredentialText(text, in: .query)
        }
        let signature = try required("X-Amz-Signature")
        let signedHeaders = try required("X-Amz-SignedHeaders")
        let date = try required("X-Amz-Date")
        guard let timestamp = date.withUnsafeBufferPointer({ Timestamp.secondsOfBasic($0) }) else {
            throw .malformedDate(.query, echo(date))
        }
        guard date.prefix(8).elementsEqual(credential.scope.day.utf8) else {
            throw .credentialDateMismatch(.query, day: credential.scope.day, timestamp: echo(date))
        }
        return SignatureClaim(
            SigningTerms(credential, signedHeaders: signedHeaders),
            source: .query(expires: try lifetime(scope: credential.scope)),
            payload: try payload(of: request, scope: credential.scope),
            moment: SigningMoment(seconds: timestamp),
            sessionToken: text("X-Amz-Security-Token").map { SessionToken($0) },
            signature: try signature.withUnsafeBufferPointer {
                (text) throws(SigV4Failure) in try SigV4.signature(text)
            }
        )
    }

    private func echo(_ bytes: [UInt8]) -> String { bytes.withUnsafeBufferPointer(SigV4.echo) }

    private func lifetime(scope: CredentialScope) throws(SigV4Failure) -> Int {
        guard let text = text("X-Amz-Expires") else {
            if SigV4.isS3(scope) { throw .missingQueryParameter("X-Amz-Expires") }
            return Self.expiresElsewhere
        }
        guard let expires = Int(text) else { throw .malformedExpires(.notANumber) }
        guard expires >= 0 else { throw .malformedExpires(.negative) }
        guard expires <= Self.expiresMax else { throw .malformedExpires(.tooLong) }
        switch scope.service {
        case AWSService.s3.signingName: return expires
        case AWSService.sts.signingName: return Self.expiresElsewhere
        default: return min(expires, Self.expiresElsewhere)
        }
    }

    private func payload(
        of request: SignedRequest,
        scope: CredentialScope
    ) throws(SigV4Failure) -> PayloadMode {
        guard SigV4.isS3(scope) else { return .body }
        if let declared = text("X-Amz-Content-Sha256") {
            return try PayloadMode.declared(declared, scope: scope)
        }
        guard let declared = request.headers["x-amz-content-sha256"] else { return .unsigned }
        return try PayloadMode.declared(declared, scope: scope)
    }

    private func required(_ name: String) throws(SigV4Failure) -> [UInt8] {
        guard let value = parameters[name] else { throw .missingQueryParameter(name) }
        return value
    }

    private func text(_ name: String) -> String? {
        parameters[name].map { String(decoding: $0, as: UTF8.self) }
    }

    private static let names: Set<String> = [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders",
        "X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Content-Sha256",
    ]

    private static func isVersion2(_ name: [UInt8]) -> Bool {
        name.elementsEqual("AWSAccessKeyId".utf8) || name.elementsEqual("Signature".utf8)
    }
}
