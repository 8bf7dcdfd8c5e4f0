import AWSProtocol
package import Operations
import Storage

/// Takes a user's password for the console away; its access keys stay.
///
/// Source: IAM API Reference, DeleteLoginProfile.
package enum DeleteLoginProfile: EntityOperation {
    package typealias Subject = User
    package typealias Request = SubjectRequest

    package static let name = "DeleteLoginProfile"
    package static let errors = [
        "EntityTemporarilyUnmodifiable", "NoSuchEntity", "LimitExceeded", "ServiceFailure",
    ]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let user = try call.entity().value
        let profile = try await iam.loginProfile(of: user)
        try await iam.commit([.delete(user.loginProfileKey, expecting: .version(profile.version))])
        return NoOutput()
    }
}

// MARK: Wire

extension DeleteLoginProfile {
    package static let input: [Member] = [.optional("UserName", .userName)]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectRequest {
        SubjectRequest(subject: try input.userOrCaller(for: call))
    }
}
