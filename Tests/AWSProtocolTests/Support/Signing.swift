import Foundation
import Testing

@testable import AWSProtocol

/// The example key of AWS's documentation and of its SigV4 test suite.
let exampleSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

/// The moment and the signer of the SigV4 test suite.
let suiteNow = Date(timeIntervalSince1970: 1_440_938_160)

extension SignedRequest {
    init(
        _ method: String,
        _ target: String,
        headers: [(name: String, value: String)] = [],
        body: String = ""
    ) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            method: method,
            rawPath: String(parts[0]),
            rawQuery: parts.count > 1 ? String(parts[1]) : "",
            headers: HeaderList(headers),
            payload: .bytes(Array(body.utf8))
        )
    }

    func adding(_ headers: [(name: String, value: String)]) -> SignedRequest {
        var request = self
        for (name, value) in headers { request.headers.append(name: name, value: value) }
        return request
    }
}

extension SigV4Signer {
    /// A signer with the example key.
    static func example(
        service: String,
        region: String = "us-east-1",
        accessKeyID: String = "AKIDEXAMPLE",
        token: String? = nil,
        secret: String = exampleSecret
    ) -> SigV4Signer {
        SigV4Signer(
            credentials: Credentials(
                accessKeyID: accessKeyID,
                secret: SecretAccessKey(secret),
                sessionToken: token.map { SessionToken($0) }
            ),
            region: region,
            service: service
        )
    }
}

extension SignatureClaim {
    /// The key that the example secret gives for the claimed scope.
    func exampleKey(secret: String = exampleSecret) -> SigningKey {
        SigningKey(SecretAccessKey(secret), scope: scope)
    }
}

/// Parses and verifies with the example key, as a server would.
@discardableResult
func verified(
    _ request: SignedRequest,
    now: Date,
    secret: String = exampleSecret
) throws(SigV4Failure) -> SignatureClaim {
    let claim = try SigV4.parse(request)
    try SigV4.verify(claim, of: request, with: claim.exampleKey(secret: secret), now: now)
    return claim
}
