import AWSProtocol
package import Operations
import Storage

/// Lets an access key of a user, or of who asks, be used, or not.
///
/// Source: IAM API Reference, UpdateAccessKey.
package enum UpdateAccessKey: SubjectOperation {
    package struct Request: NamingRequest {
        package let subject: IAMReference
        let key: String
        let status: AccessKey.Status
    }

    package static let name = "UpdateAccessKey"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "ServiceFailure", "InvalidInput"]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let kept = try await iam.accessKey(call.request.key, of: call.resource.keyOwner)
        var key = kept.value
        key.status = call.request.status
        if key != kept.value {
            try await iam.commit([try iam.put(key, key.id.recordKey, expecting: .version(kept.version))])
        }
        return NoOutput()
    }
}

// MARK: Wire

extension UpdateAccessKey {
    package static let input: [Member] = [
        .optional("UserName", .existingUserName),
        .required("AccessKeyId", .accessKeyID),
        .required("Status", .status),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        guard let status = AccessKey.Status(rawValue: input.requiredString("Status")) else {
            throw .invalidInput("An access key's status can be set to Active or Inactive.")
        }
        return Request(
            subject: try input.userOrCaller(for: call),
            key: input.requiredString("AccessKeyId"),
            status: status
        )
    }
}
