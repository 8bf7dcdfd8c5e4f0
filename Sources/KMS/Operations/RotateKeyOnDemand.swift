import Cryptography
import Foundation
package import Operations

/// Rotates the material of a key at once, in all its Regions; the automatic schedule stays as it is.
///
/// Source: AWS KMS API Reference, RotateKeyOnDemand.
package enum RotateKeyOnDemand: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
    }

    package static let name = "RotateKeyOnDemand"
    package static let action = "kms:RotateKeyOnDemand"
    package static let isReadOnly = false
    package static let errors = [
        "NotFoundException", "DisabledException", "InvalidArnException", "DependencyTimeoutException",
        "KMSInternalException", "KMSInvalidStateException", "UnsupportedOperationException",
        "LimitExceededException", "ConflictException",
    ]

    /// How long before an automatic rotation none is done on demand (`ConflictException`).
    private static let quietSeconds = 20.0 * 60

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
    ) async throws(KMSError) -> KeyLocator {
        let now = call.call.now
        try await kms.changeFamily(of: call.resource) { family throws(KMSError) in
            let key = family.key
            try requireRotatable(key, at: now)
            let material =
                key.origin == .external ? nil : try kms.generateSymmetricMaterial(for: key, at: now)
            try family.rotate(to: material, .onDemand, at: now)
            family.updateAll { $0.onDemandRotations += 1 }
        }
        return call.resource.key.locator
    }

    private static func requireRotatable(_ key: Key, at now: Date) throws(KMSError) {
        guard key.spec.isSymmetricEncryption else { throw .unsupported(nil) }
        try key.requireOwnRotation()
        try key.requireUsable(at: now)
        guard key.onDemandRotations < Key.onDemandRotationsMax else {
            throw .limitExceeded(
                "The on-demand rotations limit has been reached for the given keyId. "
                    + "No more on-demand rotations can be performed for this key: \(key.arn)"
            )
        }
        if let next = key.rotation?.next, next <= now.addingTimeInterval(quietSeconds) {
            throw .conflict(
                "An automatic rotation of \(key.arn) is in progress or begins within the next 20 minutes."
            )
        }
    }
}

// MARK: Wire

extension RotateKeyOnDemand {
    package static let input: [Member] = [.required("KeyId", .keyID)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call))
    }

    package static func encode(_ response: KeyLocator, into output: inout OutputWriter) {
        output.string("KeyId", response.id.description)
    }
}
