import Authorization
import Cryptography
import Foundation
package import Operations

/// Brings key material into a key that was made without.
///
/// Source: AWS KMS API Reference, ImportKeyMaterial.
package enum ImportKeyMaterial: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let token: [UInt8]
        let wrapped: [UInt8]
        let details: MaterialImport
        let expirationModel: ExpirationModel
    }

    package struct Response: Sendable {
        let key: KeyARN
        let material: KeyMaterialID
    }

    package static let name = "ImportKeyMaterial"
    package static let action = "kms:ImportKeyMaterial"
    package static let isReadOnly = false
    package static let errors = [
        "InvalidArnException", "UnsupportedOperationException", "DependencyTimeoutException",
        "NotFoundException", "KMSInternalException", "KMSInvalidStateException",
        "InvalidCiphertextException", "IncorrectKeyMaterialException", "ExpiredImportTokenException",
        "InvalidImportTokenException",
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
                case "kms:expirationmodel": .single(request.expirationModel.rawValue)
                case "kms:validto":
                    request.details.validTo.map { .single(String(Int64($0.timeIntervalSince1970))) }
                default: nil
                }
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> Response {
        let (request, now) = (call.request, call.call.now)
        let key = call.resource.key
        guard key.origin == .external else { throw .originNotValid(key.arn, key.origin) }
        try key.requireNotPendingDeletion()
        guard key.spec.isSymmetricEncryption || !request.details.isForSymmetricKeysOnly else {
            throw .validation(
                "ImportType, KeyMaterialDescription and KeyMaterialId can be specified only for symmetric "
                    + "encryption KMS keys."
            )
        }
        let token = try ImportToken(opening: request.token, for: key, with: kms.keyring, at: now)
        let candidate = try await kms.openImport(of: request.wrapped, with: token, for: key, at: now)
        try await kms.changeFamily(of: call.resource) { family throws(KMSError) in
            try family.key.requireNotPendingDeletion()
            try family.importMaterial(candidate, as: request.details)
        }
        return Response(key: key.arn, material: candidate.material.id)
    }
}

// MARK: Wire

extension ImportKeyMaterial {
    package static let input: [Member] = [
        .required("KeyId", .keyID),
        .required("ImportToken", .ciphertext),
        .required("EncryptedKeyMaterial", .ciphertext),
        .optional("ValidTo", .timestamp),
        .optional("ExpirationModel", .enumeration(ExpirationModel.allCases.map(\.rawValue))),
        .optional("ImportType", .enumeration(ImportType.allCases.map(\.rawValue))),
        .optional("KeyMaterialDescription", .string(length: 0...256, pattern: .materialDescription)),
        .optional("KeyMaterialId", .materialID),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let model: ExpirationModel = input.enumeration("ExpirationModel") ?? .expires
        let type: ImportType? = input.enumeration("ImportType")
        let expectedID = input.materialID()
        guard expectedID == nil || type != .new else {
            throw .validation("KeyMaterialId cannot be specified when ImportType is NEW_KEY_MATERIAL.")
        }
        return Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            token: input.requiredBlob("ImportToken"),
            wrapped: input.requiredBlob("EncryptedKeyMaterial"),
            details: MaterialImport(
                type: type,
                expectedID: expectedID,
                description: input.string("KeyMaterialDescription"),
                validTo: try validTo(input.timestamp("ValidTo"), model, at: call.now)
            ),
            expirationModel: model
        )
    }

    /// The expiry date, which must be there exactly when the model says that the material expires.
    private static func validTo(
        _ date: Date?,
        _ model: ExpirationModel,
        at now: Date
    ) throws(KMSError) -> Date? {
        switch (model, date) {
        case (.doesNotExpire, nil): return nil
        case (.doesNotExpire, _?):
            throw .validation(
                "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE"
            )
        case (.expires, nil):
            throw .validation(
                "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES"
            )
        case (.expires, let date?):
            let latest = now.addingTimeInterval(MaterialImport.validityDaysMax * secondsPerDay)
            guard date > now, date <= latest else {
                throw .validation("The validTo date must be in the future, and at most 365 days away.")
            }
            return date
        }
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("KeyId", response.key.description)
        output.string("KeyMaterialId", response.material.description)
    }
}
