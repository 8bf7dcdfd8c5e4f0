import Cryptography
package import Operations

/// Verifies a signature; one that does not fit is an error, never an answer of `false`.
///
/// Source: AWS KMS API Reference, Verify.
package enum Verify: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let signing: SigningRequest
        let signature: [UInt8]
    }

    package struct Response: Sendable {
        let key: String
        let algorithm: SigningAlgorithm
    }

    package static let name = "Verify"
    package static let action = "kms:Verify"
    package static let isReadOnly = true
    package static let errors = Encrypt.errors + ["KMSInvalidSignatureException"]

    package static func references(in request: Request) -> [KeyReference] { [request.signing.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [request.signing.requirement(action, on: resources[0], for: call)]
    }

    package static func labour(of request: Request, on resources: [ResolvedKey]) -> Labour {
        resources[0].key.spec.publicLabour
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Response {
        let (request, key) = (call.request.signing, call.resource)
        let signer = try request.signer(key, for: name, in: call.call)
        let isValid = try cryptography { () throws(CryptographyError) in
            try signer.verify(
                signature: call.request.signature,
                of: request.message,
                type: request.messageType,
                algorithm: request.algorithm
            )
        }
        guard isValid else { throw .invalidSignature }
        try kms.proceed(request.options)
        kms.noteUse(of: key, by: name, in: call.call)
        return Response(key: key.snapshot.arn, algorithm: request.algorithm)
    }
}

// MARK: Wire

extension Verify {
    package static let input = SigningRequest.members + [.required("Signature", .ciphertext)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(signing: try SigningRequest(input, for: call), signature: input.requiredBlob("Signature"))
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("KeyId", response.key)
        output.flag("SignatureValid", true)
        output.string("SigningAlgorithm", response.algorithm.rawValue)
    }
}
