import Foundation

@testable import AWSProtocol

/// Signature Version 4 in headers and in queries.
///
/// No request that was changed where it matters verifies; every request that a client signs does.
enum SignatureTarget {
    static let target = FuzzTarget(name: "signature", bytesMax: 2_048, run: run) {
        originals.enumerated().map { ("signed-\($0.offset)", $0.element.bytes) }
            + FuzzTarget.seeds([
                ("version2", "GET /?AWSAccessKeyId=A&Signature=b\nhost:h\n\n"),
                (
                    "v4a",
                    "POST /\nauthorization:AWS4-ECDSA-P256-SHA256 Credential=a/b/aws4_request\nhost:h\n\n"
                ),
                ("repeated", "GET /?X-Amz-Signature=a&X-Amz-Signature=b\n\n"),
            ])
    }

    /// The moment at which all requests are signed and verified.
    static let now = Date(timeIntervalSince1970: 1_795_000_000)
    private static let credentials = Credentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE",
        secret: SecretAccessKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    )
    private static let services: [AWSService] = [.kms, .sts, .s3]

    private static func signer(_ service: AWSService) -> SigV4Signer {
        SigV4Signer(credentials: credentials, region: certain(Region("us-east-1")), service: service)
    }

    static func run(_ input: [UInt8]) {
        let request = RequestText(input)
        acceptOnlyOriginals(request)
        signAndVerify(request, input.count)
    }

    // MARK: What nobody signed

    /// Requests that the holder of the key made.
    private static let originals: [RequestText] = services.flatMap { service -> [RequestText] in
        var request = RequestText(
            path: service == .s3 ? "/bucket/a%20b/../c+d" : "/",
            query: service == .s3 ? "uploads&prefix=a%2Fb" : "",
            headers: [
                ("Host", "kms.us-east-1.amazonaws.com"), ("X-Amz-Target", "TrentService.Encrypt"),
                ("Content-Type", "application/x-amz-json-1.1"), ("X-Spaces", "  a   b  "), ("X-Twice", "1"),
                ("X-Twice", "2"),
            ],
            body: Array(#"{"KeyId":"alias/a","Plaintext":"aGVsbG8="}"#.utf8)
        )
        var presigned = request
        presigned.query = signer(service).presign(request.signed, expires: 300, now: now)
        request.headers += signer(service).sign(request.signed, now: now)
        return [request, presigned]
    }

    private static func acceptOnlyOriginals(_ request: RequestText) {
        let signed = request.signed
        guard verifies(signed) else { return }
        // What the signature covers, however it is spelled: method, path, query, target and body. S3 leaves
        // bodies of presigned addresses unsigned.
        let isKnown = originals.contains { original in
            original.method == request.method && meaning(of: original) == meaning(of: request)
                && (original.body == request.body || request.query.contains("X-Amz-Signature"))
        }
        promise(isKnown, "a request verifies that was never signed: \(request.bytes.repairedText)")
    }

    private static func meaning(of request: RequestText) -> [[UInt8]] {
        var query: [UInt8] = []
        CanonicalQuery.append(request.query, to: &query)
        let path = PercentEncoding.decode(request.path.utf8) ?? []
        let segments = path.split(separator: UInt8(ascii: "/")).map { Array($0) }
        let target = Array((HeaderList(request.headers)["x-amz-target"] ?? "").utf8)
        return [query, target] + (request.path.contains("..") ? [] : segments)
    }

    private static func verifies(_ request: SignedRequest) -> Bool {
        do throws(SigV4Failure) {
            let claim = try SigV4.parse(request)
            for service in services where claim.scope.service == service.signingName {
                _ = try claim.requireScope(service: service, in: [certain(Region("us-east-1"))])
            }
            checkLength(of: request, claim)
            let key = SigningKey(credentials.secret, scope: claim.scope)
            try SigV4.verify(claim, of: request, with: key, now: now)
            return true
        } catch {
            for family in [WireProtocol.json, .query, .restXML] { _ = error.wireError(for: family) }
            return false
        }
    }

    /// What is hashed for a request must not be much longer than the request, or strangers could make it so.
    private static func checkLength(of request: SignedRequest, _ claim: SignatureClaim) {
        guard !SignedHeaderNames.hasDuplicates(claim.signedHeaders) else { return }
        let canonical = CanonicalRequest.bytes(
            of: request,
            isS3: SigV4.isS3(claim.scope),
            signedHeaders: claim.signedHeaders,
            payloadHash: []
        )
        let head = request.rawPath.utf8.count + request.rawQuery.utf8.count
        let names = claim.signedHeaders.count
        let values = request.headers.names(withPrefix: "").reduce(0) { length, name in
            length + (request.headers[name]?.utf8.count ?? 0)
        }
        // An escape takes three bytes, and an escaped escape nine; a path is escaped twice.
        promise(
            canonical.count <= 9 * head + 3 * names + target.bytesMax + values + 64,
            "\(canonical.count) bytes are hashed for a head of \(head + names + values)"
        )
    }

    // MARK: What somebody signed

    private static func signAndVerify(_ request: RequestText, _ choice: Int) {
        guard request.isPlausible else { return }
        // Signing is asked to add these, so that a request has them once.
        let own: Set<String> = [
            "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "date", "host",
        ]
        var request = request
        request.headers = request.headers.filter { !own.contains($0.name.lowercased()) } + [("host", "h")]
        request.query = request.query.split(separator: "&")
            .filter { !name(of: $0).hasPrefix("X-Amz-") }
            .joined(separator: "&")
        let service = services[choice % services.count]
        var byHeader = request
        byHeader.headers += signer(service).sign(request.signed, now: now)
        if !isOfVersion2(request) {
            promise(verifies(byHeader.signed), "a signed request is refused: \(byHeader.bytes.repairedText)")
        }
        var byQuery = request
        byQuery.query = signer(service).presign(request.signed, expires: 300, now: now)
        promise(verifies(byQuery.signed), "a presigned request is refused: \(byQuery.bytes.repairedText)")
    }

    /// A query that has both parameters of version 2 is refused as such, whatever else signs the request.
    private static func isOfVersion2(_ request: RequestText) -> Bool {
        let names = request.query.split(separator: "&").map { name(of: $0) }
        return names.contains("AWSAccessKeyId") && names.contains("Signature")
    }

    private static func name(of piece: Substring) -> String {
        (PercentEncoding.decode(piece.utf8.prefix { $0 != UInt8(ascii: "=") }, plusIsSpace: true) ?? [])
            .repairedText
    }
}
