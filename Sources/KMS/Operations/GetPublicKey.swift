import Cryptography
package import Operations

/// Answers with the public half of an asymmetric key.
///
/// SubjectPublicKeyInfo, DER (RFC 5280). Source: AWS KMS API Reference, GetPublicKey.
package enum GetPublicKey: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let options: CryptographicOptions
    }

    package struct Response: Sendable {
        let key: Key
        let publicKey: [UInt8]
    }

    package static let name = "GetPublicKey"
    package static let action = "kms:GetPublicKey"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "DisabledException", "KeyUnavailableException", "DependencyTimeoutException",
        "UnsupportedOperationException", "InvalidArnException", "InvalidGrantTokenException",
        "InvalidKeyUsageException", "KMSInternalException", "KMSInvalidStateException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action, for: call, fromOtherAccounts: true)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Response {
        let key = call.resource.key
        guard key.spec.isAsymmetric else {
            throw .unsupported("\(key.arn) key spec is \(key.spec.rawValue) which is not valid for \(name).")
        }
        try key.requireUsable(at: call.call.now)
        guard let publicKey = key.publicKey else { throw .pendingImport(key.arn) }
        try kms.proceed(call.request.options)
        return Response(key: key, publicKey: publicKey)
    }
}

// MARK: Wire

extension GetPublicKey {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .optional("GrantTokens", .grantTokens),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), for: call),
            options: CryptographicOptions(grantTokens: input.strings("GrantTokens") ?? [])
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        let key = response.key
        output.string("KeyId", key.arn.description)
        output.blob("PublicKey", response.publicKey)
        output.string("CustomerMasterKeySpec", key.spec.rawValue)
        output.string("KeySpec", key.spec.rawValue)
        output.string("KeyUsage", key.usage.rawValue)
        output.algorithms(of: key)
    }
}
