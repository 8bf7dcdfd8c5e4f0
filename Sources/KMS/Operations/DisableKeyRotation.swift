package import Operations

/// Ends the automatic rotation of a key's material.
///
/// Source: AWS KMS API Reference, DisableKeyRotation.
package enum DisableKeyRotation: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
    }

    package static let name = "DisableKeyRotation"
    package static let action = "kms:DisableKeyRotation"
    package static let isReadOnly = false
    package static let errors = EnableKeyRotation.errors

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
        let now = call.call.now
        try await kms.changeFamily(of: call.resource) { family throws(KMSError) in
            try family.key.requireAutomaticRotation()
            try family.key.requireOwnRotation()
            try family.key.requireUsable(at: now)
            family.updateAll { $0.rotation = nil }
        }
        return NoOutput()
    }
}

// MARK: Wire

extension DisableKeyRotation {
    package static let input: [Member] = [.required("KeyId", .keyID)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call))
    }
}
