import Cryptography
package import Operations

/// Erases imported key material; the key waits until the same is imported again.
///
/// Source: AWS KMS API Reference, DeleteImportedKeyMaterial.
package enum DeleteImportedKeyMaterial: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        /// Nil means the current one.
        let material: KeyMaterialID?
    }

    package struct Response: Sendable {
        let key: KeyARN
        /// Nil when the key never had any.
        let material: KeyMaterialID?
    }

    package static let name = "DeleteImportedKeyMaterial"
    package static let action = "kms:DeleteImportedKeyMaterial"
    package static let isReadOnly = false
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
        [resources[0].requirement(action, for: call)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> Response {
        let key = call.resource.key
        guard key.origin == .external else { throw .originNotValid(key.arn, key.origin) }
        let erased = try await kms.changeFamily(of: call.resource) { family throws(KMSError) in
            if let named = call.request.material, family.key.material(named) == nil {
                throw .materialNotFound(named, key.arn)
            }
            guard let id = call.request.material ?? family.key.currentMaterial?.id else {
                return KeyMaterialID?.none
            }
            family.eraseMaterial(id)
            return id
        }
        return Response(key: key.arn, material: erased)
    }
}

// MARK: Wire

extension DeleteImportedKeyMaterial {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .optional("KeyMaterialId", .materialID),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            material: input.materialID()
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("KeyId", response.key.description)
        output.string("KeyMaterialId", response.material?.description)
    }
}
