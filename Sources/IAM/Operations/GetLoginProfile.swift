import AWSProtocol
package import Operations

/// Shows whether a user has a password for the console, and since when.
///
/// Source: IAM API Reference, GetLoginProfile.
package enum GetLoginProfile: EntityOperation {
    package typealias Subject = User
    package typealias Request = SubjectRequest

    package static let name = "GetLoginProfile"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> LoginProfileView {
        let user = try call.entity().value
        return LoginProfileView(user: user, profile: try await iam.loginProfile(of: user).value)
    }
}

// MARK: Wire

extension GetLoginProfile {
    package static let input: [Member] = [.optional("UserName", .userName)]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectRequest {
        SubjectRequest(subject: try input.userOrCaller(for: call))
    }

    package static func encode(_ response: LoginProfileView, into output: inout OutputWriter) {
        response.write(into: &output)
    }
}
