package import struct Foundation.Date

/// An access key with its secret, as a client signs with it.
package struct Credentials: Sendable {
    package let accessKeyID: String
    package let secret: SecretAccessKey
    package let sessionToken: SessionToken?

    package init(accessKeyID: String, secret: SecretAccessKey, sessionToken: SessionToken? = nil) {
        self.accessKeyID = accessKeyID
        self.secret = secret
        self.sessionToken = sessionToken
    }
}

/// AWS Signature Version 4 on the client's side.
package struct SigV4Signer: Sendable {
    private let credentials: Credentials
    private let region: String
    private let service: String
    private let keys: SigningKeyCache

    package init(credentials: Credentials, region: Region, service: AWSService) {
        self.init(credentials: credentials, region: region.description, service: service.signingName)
    }

    init(credentials: Credentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
        keys = SigningKeyCache(countMax: 4)
    }

    /// The headers to add to a request, `Authorization` last.
    ///
    /// The request has its `host` header and every other header that is to be signed. A body that has not
    /// been read goes unsigned, which S3 alone accepts.
    package func sign(_ request: SignedRequest, now: Date) -> [(name: String, value: String)] {
        let timestamp = Timestamp.seconds(of: now)
        var request = request
        var added = [("X-Amz-Date", Timestamp.basic(seconds: timestamp))]
        if let token = credentials.sessionToken {
            added.append(("X-Amz-Security-Token", token.exposingSecret { $0 }))
        }
        let hash = SigV4.computedHash(request.payload) ?? Array(PayloadMode.unsignedText.utf8)
        if isS3 { added.append(("X-Amz-Content-SHA256", String(decoding: hash, as: UTF8.self))) }
        for (name, value) in added { request.headers.append(name: name, value: value) }
        let scope = scope(on: timestamp)
        let names = signedHeaders(of: request)
        let signature = signature(of: request, names, hash, timestamp, scope)
        let authorization =
            "\(SigV4.algorithm) Credential=\(credentials.accessKeyID)/\(scope.text), "
            + "SignedHeaders=\(names), Signature=\(signature)"
        return added + [("Authorization", authorization)]
    }

    /// The query of a presigned address, the request's own parameters first.
    ///
    /// S3 leaves the body unsigned; other services sign the body the request has. Of the headers all are
    /// signed, and the user of the address must send them.
    package func presign(_ request: SignedRequest, expires seconds: Int, now: Date) -> String {
        let timestamp = Timestamp.seconds(of: now)
        let scope = scope(on: timestamp)
        let names = signedHeaders(of: request)
        var parameters = [
            ("X-Amz-Algorithm", SigV4.algorithm),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope.text)"),
            ("X-Amz-Date", Timestamp.basic(seconds: timestamp)),
            ("X-Amz-Expires", String(seconds)),
            ("X-Amz-SignedHeaders", names),
        ]
        if let token = credentials.sessionToken {
            parameters.append(("X-Amz-Security-Token", token.exposingSecret { $0 }))
        }
        var request = request
        let pieces = parameters.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }
        request.rawQuery =
            ((request.rawQuery.isEmpty ? [] : [request.rawQuery]) + pieces).joined(separator: "&")
        let unsigned = Array(PayloadMode.unsignedText.utf8)
        let hash = isS3 ? unsigned : SigV4.computedHash(request.payload) ?? unsigned
        let signature = signature(of: request, names, hash, timestamp, scope)
        return "\(request.rawQuery)&X-Amz-Signature=\(signature)"
    }

    private var isS3: Bool { service == AWSService.s3.signingName }

    private func scope(on timestamp: Int64) -> CredentialScope {
        CredentialScope(
            day: String(Timestamp.basic(seconds: timestamp).prefix(8)),
            region: region,
            service: service
        )
    }

    private func signature(
        of request: SignedRequest,
        _ names: String,
        _ hash: [UInt8],
        _ timestamp: Int64,
        _ scope: CredentialScope
    ) -> String {
        let key = keys.key(for: credentials.accessKeyID, secret: credentials.secret, scope: scope)
        return Hex.encode(
            key.signature(
                of: CanonicalRequest.stringToSign(
                    request,
                    signedHeaders: Array(names.utf8),
                    payloadHash: hash,
                    moment: SigningMoment(seconds: timestamp),
                    scopeText: Array(scope.text.utf8),
                    isS3: isS3
                )
            )
        )
    }

    /// Headers that proxies and HTTP libraries add or change are left out.
    private func signedHeaders(of request: SignedRequest) -> String {
        Set(request.headers.names(withPrefix: "")).subtracting(Self.unsignedNames).sorted()
            .joined(separator: ";")
    }

    private static let unsignedNames: Set<String> = [
        "authorization", "connection", "content-length", "expect", "keep-alive", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]
}
