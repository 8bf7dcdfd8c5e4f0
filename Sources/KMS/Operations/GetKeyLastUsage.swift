import AWSProtocol
import Cryptography
package import Operations

/// Tells when and how a key was last used for cryptography in its Region.
///
/// Uses are recorded from a key's creation on. Source: AWS KMS API Reference, GetKeyLastUsage.
package enum GetKeyLastUsage: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
    }

    package struct Response: Sendable {
        let key: Key
        /// Nil when the key was never used.
        let usage: LastUsage?
    }

    package static let name = "GetKeyLastUsage"
    package static let action = "kms:GetKeyLastUsage"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
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
        Response(key: call.resource.key, usage: call.resource.lastUsage)
    }
}

// MARK: Wire

extension GetKeyLastUsage {
    package static let input: [Member] = [.required("KeyId", .keyID)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let key = try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call)
        return Request(key: key.withLastUsage)
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.string("KeyId", response.key.locator.id.description)
        output.object("KeyLastUsage") { output in
            output.string("Operation", response.usage?.operation)
            output.timestamp("Timestamp", response.usage?.date)
            output.string("CloudTrailEventId", response.usage?.eventID.description)
            output.string("KmsRequestId", response.usage?.requestID.description)
        }
        output.timestamp("TrackingStartDate", response.key.createdAt)
        output.timestamp("KeyCreationDate", response.key.createdAt)
    }
}
