package import Operations

/// Changes the description of a key.
///
/// Source: AWS KMS API Reference, UpdateKeyDescription.
package enum UpdateKeyDescription: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let description: String
    }

    package static let name = "UpdateKeyDescription"
    package static let action = "kms:UpdateKeyDescription"
    package static let isReadOnly = false
    package static let errors = [
        "NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
        "KMSInvalidStateException",
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
    ) async throws(KMSError) -> NoOutput {
        try await kms.change(call.resource) { key throws(KMSError) in
            try key.requireNotPendingDeletion()
            key.description = call.request.description
        }
        return NoOutput()
    }
}

// MARK: Wire

extension UpdateKeyDescription {
    package static let input: [Member] = [
        .required("KeyId", .keyID), .required("Description", .description),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            description: input.requiredString("Description")
        )
    }
}
