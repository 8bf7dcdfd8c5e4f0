import Authorization
import Cryptography
package import Operations

import struct Foundation.Date

/// Makes a wrapping key and a token with which material can be imported for 24 hours.
///
/// Source: AWS KMS API Reference, GetParametersForImport.
package enum GetParametersForImport: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let algorithm: WrappingAlgorithm
        let spec: WrappingKeySpec
    }

    package struct Response: Sendable {
        let key: KeyARN
        let token: [UInt8]
        let publicKey: [UInt8]
        let expiresAt: Date
    }

    package static let name = "GetParametersForImport"
    package static let action = "kms:GetParametersForImport"
    package static let isReadOnly = true
    package static let errors = [
        "InvalidArnException", "UnsupportedOperationException", "DependencyTimeoutException",
        "NotFoundException", "KMSInternalException", "KMSInvalidStateException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [
            resources[0].requirement(action, for: call) { condition in
                switch condition.name {
                case "kms:wrappingalgorithm": .single(request.algorithm.rawValue)
                case "kms:wrappingkeyspec": .single(request.spec.rawValue)
                default: nil
                }
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> Response {
        let key = call.resource.key
        guard key.origin == .external else { throw .originNotValid(key.arn, key.origin) }
        try key.requireNotPendingDeletion()
        try requireRoom(for: key.spec, call.request)
        do throws(CryptographyError) {
            let wrappingKey = try await kms.labour.run(.generation) {
                [spec = call.request.spec] () throws(CryptographyError) in
                try WrappingKeyPair.generate(spec, .background)
            }
            let token = ImportToken(
                wrappingKey: wrappingKey,
                algorithm: call.request.algorithm,
                at: call.call.now
            )
            return Response(
                key: key.arn,
                token: try token.sealed(for: key, with: kms.keyring),
                publicKey: wrappingKey.publicKeyDER,
                expiresAt: token.expiresAt
            )
        } catch {
            throw KMSError(error)
        }
    }

    /// Refuses wrapping algorithms that are not offered, or cannot hold a private key of the spec
    /// (KMS Developer Guide, "Select a wrapping algorithm").
    private static func requireRoom(for spec: KeySpec, _ request: Request) throws(KMSError) {
        let isDirect = request.algorithm == .rsaesOAEPSHA1 || request.algorithm == .rsaesOAEPSHA256
        let isOffered =
            request.algorithm != .rsaesPKCS1v15 && request.algorithm != .sm2PKE && request.spec != .sm2
        guard isOffered else {
            throw .unsupported(
                "Wrapping algorithm \(request.algorithm.rawValue) with wrapping key spec "
                    + "\(request.spec.rawValue) is not supported."
            )
        }
        guard isDirect else { return }
        let isTooLong =
            switch spec {
            case .rsa2048, .rsa3072, .rsa4096: true
            case .nistP521: request.spec == .rsa2048
            default: false
            }
        guard !isTooLong else {
            throw .unsupported(
                "Wrapping algorithm \(request.algorithm.rawValue) with wrapping key spec "
                    + "\(request.spec.rawValue) cannot wrap key material of key spec \(spec.rawValue)."
            )
        }
    }
}

// MARK: Wire

extension GetParametersForImport {
    package static let input: [Member] = [
        .required("KeyId", .keyID),
        .required("WrappingAlgorithm", .enumeration(WrappingAlgorithm.allCases.map(\.rawValue))),
        .required("WrappingKeySpec", .enumeration(WrappingKeySpec.allCases.map(\.rawValue))),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            algorithm: input.requiredEnumeration("WrappingAlgorithm"),
            spec: input.requiredEnumeration("WrappingKeySpec")
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("KeyId", response.key.description)
        output.blob("ImportToken", response.token)
        output.blob("PublicKey", response.publicKey)
        output.timestamp("ParametersValidTo", response.expiresAt)
    }
}
