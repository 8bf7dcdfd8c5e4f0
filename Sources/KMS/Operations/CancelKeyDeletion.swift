package import Operations

/// Ends the waiting period of a key that was to be erased; the key stays disabled.
///
/// Source: AWS KMS API Reference, CancelKeyDeletion.
package enum CancelKeyDeletion: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
    }

    package static let name = "CancelKeyDeletion"
    package static let action = "kms:CancelKeyDeletion"
    package static let isReadOnly = false
    package static let errors = ScheduleKeyDeletion.errors

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
    ) async throws(KMSError) -> KeyARN {
        try await kms.change(call.resource) { key throws(KMSError) in try key.cancelDeletion() }
        return call.resource.arn
    }
}

// MARK: Wire

extension CancelKeyDeletion {
    package static let input: [Member] = [.required("KeyId", .keyID)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call))
    }

    package static func encode(_ response: KeyARN, into output: inout OutputWriter) {
        output.string("KeyId", response.description)
    }
}
