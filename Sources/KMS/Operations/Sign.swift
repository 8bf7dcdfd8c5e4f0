import Cryptography
package import Operations

/// Signs a message, or its digest, with an asymmetric key.
///
/// ECDSA signatures are DER; RSA-PSS salts are as long as the hash. Source: AWS KMS API Reference, Sign.
package enum Sign: ImmediateOperation {
    package typealias Service = KeyManagementService
    package typealias Request = SigningRequest

    package struct Response: Sendable {
        let key: String
        let signature: [UInt8]
        let algorithm: SigningAlgorithm
    }

    package static let name = "Sign"
    package static let action = "kms:Sign"
    package static let isReadOnly = true
    package static let errors = Encrypt.errors

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [request.requirement(action, on: resources[0], for: call)]
    }

    package static func labour(of request: Request, on resources: [ResolvedKey]) -> Labour {
        resources[0].key.spec.labour
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Response {
        let (request, key) = (call.request, call.resource)
        let signer = try request.signer(key, for: name, in: call.call)
        try kms.proceed(request.options)
        let signature = try cryptography { () throws(CryptographyError) in
            try signer.sign(request.message, type: request.messageType, algorithm: request.algorithm)
        }
        kms.noteUse(of: key, by: name, in: call.call)
        return Response(key: key.snapshot.arn, signature: signature, algorithm: request.algorithm)
    }
}

// MARK: Wire

extension Sign {
    package static let input = SigningRequest.members

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        try SigningRequest(input, for: call)
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("KeyId", response.key)
        output.blob("Signature", response.signature)
        output.string("SigningAlgorithm", response.algorithm.rawValue)
    }
}
