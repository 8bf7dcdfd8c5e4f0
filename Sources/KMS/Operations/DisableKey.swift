package import Operations

/// Makes a key unusable until it is enabled again; idempotent.
///
/// Source: AWS KMS API Reference, DisableKey.
package enum DisableKey: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
    }

    package static let name = "DisableKey"
    package static let action = "kms:DisableKey"
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
        let key = resources[0]
        return [
            key.requirement(action, for: call, own: { key.usageCondition($0, at: call.now) })
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> NoOutput {
        try await kms.change(call.resource) { key throws(KMSError) in try key.disable() }
        return NoOutput()
    }
}

// MARK: Wire

extension DisableKey {
    package static let input: [Member] = [.required("KeyId", .keyID)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let key = try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call)
        return Request(key: key.withLastUsage)
    }
}
