import Cryptography
package import Operations

/// Lists the materials of a key, oldest first.
///
/// Source: AWS KMS API Reference, ListKeyRotations.
package enum ListKeyRotations: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        /// Whether the first material and imported material that waits for its rotation are listed too.
        let includesAll: Bool
        let limit: Int?
        let marker: String?
    }

    package struct Response: Sendable {
        let key: Key
        let page: Page<KeyMaterial>
    }

    package static let name = "ListKeyRotations"
    package static let action = "kms:ListKeyRotations"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "InvalidArnException", "InvalidMarkerException", "KMSInternalException",
        "KMSInvalidStateException", "UnsupportedOperationException",
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
    ) throws(KMSError) -> Response {
        let (request, key) = (call.request, call.resource.key)
        guard key.spec.isSymmetricEncryption else { throw .unsupported(nil) }
        let page = try kms.page(
            limit: request.limit,
            marker: request.marker,
            default: 100,
            max: 1000,
            of: name,
            for: call.call
        )
        var start = 0
        if let after = page.after {
            // Imported material may have been deleted since the last page.
            guard let last = key.materials.firstIndex(where: { $0.id.description == after }) else {
                throw .invalidMarker
            }
            start = last + 1
        }
        let rest = key.materials[start...].filter { request.includesAll || $0.rotation != nil }
        return Response(
            key: key,
            page: try kms.page(
                Array(rest.prefix(page.limit + 1)),
                page,
                of: name,
                for: call.call,
                position: \.id.description
            )
        )
    }
}

// MARK: Wire

extension ListKeyRotations {
    package static let input: [Member] = [
        .required("KeyId", .keyID),
        .optional("IncludeKeyMaterial", .enumeration(["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"])),
        .optional("Limit", .limit),
        .optional("Marker", .marker),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            includesAll: input.string("IncludeKeyMaterial") == "ALL_KEY_MATERIAL",
            limit: input.integer("Limit"),
            marker: input.string("Marker")
        )
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        let key = response.key
        output.objects("Rotations", response.page.elements) { output, material in
            output.string("KeyId", key.locator.id.description)
            output.string("KeyMaterialId", material.id.description)
            if key.origin == .external { output.importDetails(of: material) }
            output.string("KeyMaterialState", material.state.rawValue)
            output.timestamp("RotationDate", material.rotation?.date)
            output.string("RotationType", material.rotation?.type.rawValue)
        }
        output.pageEnd(response.page.nextMarker)
    }
}

extension OutputWriter {
    /// The members that only imported material has.
    fileprivate mutating func importDetails(of material: KeyMaterial) {
        string("KeyMaterialDescription", material.imported?.description)
        string("ImportState", material.wrapped == nil ? "PENDING_IMPORT" : "IMPORTED")
        guard material.wrapped != nil, let imported = material.imported else { return }
        string("ExpirationModel", imported.expirationModel.rawValue)
        timestamp("ValidTo", imported.validTo)
    }
}
