import AWSProtocol
package import Operations
import Storage

/// Erases an access key of a user, or of who asks.
///
/// Source: IAM API Reference, DeleteAccessKey.
package enum DeleteAccessKey: SubjectOperation {
    package typealias Request = AccessKeyRequest

    package static let name = "DeleteAccessKey"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "ServiceFailure"]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let kept = try await iam.accessKey(call.request.key, of: call.resource.keyOwner)
        let key = kept.value
        try await iam.commit([
            .delete(key.id.recordKey, expecting: .version(kept.version)),
            .delete(key.owner.indexKey(key.id), expecting: .any),
            .delete(key.id.useRecordKey, expecting: .any),
        ])
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteAccessKey {
    package static let input: [Member] = [
        .optional("UserName", .existingUserName), .required("AccessKeyId", .accessKeyID),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> AccessKeyRequest {
        AccessKeyRequest(
            subject: try input.userOrCaller(for: call),
            key: input.requiredString("AccessKeyId")
        )
    }
}
