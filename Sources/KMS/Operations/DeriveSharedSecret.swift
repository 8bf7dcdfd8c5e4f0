import Authorization
import Cryptography
package import Operations

/// Agrees on a secret with the owner of a public key of the same curve.
///
/// The secret is the x-coordinate of the shared point, not hashed. Source: AWS KMS API Reference,
/// DeriveSharedSecret; SP 800-56A 5.7.1.2.
package enum DeriveSharedSecret: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let algorithm: KeyAgreementAlgorithm
        let peer: [UInt8]
        let options: CryptographicOptions
    }

    package struct Response: Sendable {
        let key: Key
        let secret: [UInt8]
        let algorithm: KeyAgreementAlgorithm
    }

    package static let name = "DeriveSharedSecret"
    package static let action = "kms:DeriveSharedSecret"
    package static let isReadOnly = true
    package static let errors = Encrypt.errors

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        let algorithm = request.algorithm
        return [
            resources[0].requirement(
                action,
                for: call,
                fromOtherAccounts: true,
                own: { $0.name == "kms:keyagreementalgorithm" ? .single(algorithm.rawValue) : nil }
            )
        ]
    }

    package static func labour(of request: Request, on resources: [ResolvedKey]) -> Labour {
        resources[0].key.spec.labour
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Response {
        let (request, key) = (call.request, call.resource)
        try key.require(.keyAgreement, for: name, at: call.call.now)
        guard let agreement = key.snapshot.asymmetric else { throw .pendingImport(key.arn) }
        let secret: [UInt8]
        do throws(CryptographyError) {
            secret = try agreement.sharedSecret(withPeer: request.peer).exposingSecret()
        } catch .invalidPublicKey {
            throw .validation(nil)
        } catch {
            throw KMSError(error)
        }
        try kms.proceed(request.options)
        kms.noteUse(of: key, by: name, in: call.call)
        return Response(key: key.key, secret: secret, algorithm: request.algorithm)
    }
}

// MARK: Wire

extension DeriveSharedSecret {
    package static let input: [Member] =
        [
            .required("KeyId", .keyID),
            .required(
                "KeyAgreementAlgorithm",
                .enumeration(KeyAgreementAlgorithm.allCases.map(\.rawValue))
            ),
            .required("PublicKey", .publicKey),
            .optional("Recipient", .recipient),
        ] + CryptographicOptions.members

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        try input.refuseRecipient()
        return Request(
            key: try KeyReference(input.requiredString("KeyId"), for: call),
            algorithm: input.requiredEnumeration("KeyAgreementAlgorithm"),
            peer: input.requiredBlob("PublicKey"),
            options: CryptographicOptions(input)
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("KeyId", response.key.arn.description)
        output.blob("SharedSecret", response.secret)
        output.string("KeyAgreementAlgorithm", response.algorithm.rawValue)
        output.string("KeyOrigin", response.key.origin.rawValue)
    }
}
