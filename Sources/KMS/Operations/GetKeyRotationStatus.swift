import Cryptography
package import Operations

/// Tells whether and when a key's material is rotated automatically.
///
/// A rotation on demand is over when its call returns, so none is ever in progress here. Source: AWS KMS API
/// Reference, GetKeyRotationStatus.
package enum GetKeyRotationStatus: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
    }

    package static let name = "GetKeyRotationStatus"
    package static let action = "kms:GetKeyRotationStatus"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
        "KMSInvalidStateException", "UnsupportedOperationException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [resources[0].requirement(action, for: call, fromOtherAccounts: true)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Key {
        try call.resource.key.requireAutomaticRotation()
        return call.resource.key
    }
}

// MARK: Wire

extension GetKeyRotationStatus {
    package static let input: [Member] = [.required("KeyId", .keyID)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call))
    }

    package static func encode(_ response: Key, into output: inout OutputWriter) {
        let rotation = response.activeRotation
        output.flag("KeyRotationEnabled", rotation != nil)
        output.string("KeyId", response.locator.id.description)
        output.integer("RotationPeriodInDays", rotation?.periodDays)
        output.timestamp("NextRotationDate", rotation?.next)
    }
}
