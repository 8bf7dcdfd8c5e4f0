package import Operations

/// Makes a disabled key usable again; idempotent.
///
/// Source: AWS KMS API Reference, EnableKey.
package enum EnableKey: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
    }

    package static let name = "EnableKey"
    package static let action = "kms:EnableKey"
    package static let isReadOnly = false
    package static let errors = [
        "NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
        "LimitExceededException", "KMSInvalidStateException",
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
        try await kms.change(call.resource) { key throws(KMSError) in try key.enable() }
        return NoOutput()
    }
}

// MARK: Wire

extension EnableKey {
    package static let input: [Member] = [.required("KeyId", .keyID)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call))
    }
}
