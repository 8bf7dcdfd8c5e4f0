import AWSProtocol
import Cryptography
package import Operations
import Storage

/// Gives a user a password for the console.
///
/// Source: IAM API Reference, CreateLoginProfile. Without a user name the caller is meant, as AWS has it.
package enum CreateLoginProfile: EntityOperation {
    package typealias Subject = User

    package struct Request: NamingRequest {
        package let subject: IAMReference
        let password: Redacted<String>
        let resetRequired: Bool
    }

    package static let name = "CreateLoginProfile"
    package static let errors = [
        "EntityAlreadyExists", "NoSuchEntity", "PasswordPolicyViolation", "LimitExceeded", "ServiceFailure",
    ]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> LoginProfileView {
        let kept = try call.entity()
        let user = kept.value
        guard try await iam.directory.loginProfile(of: user) == nil else {
            throw .exists("Login Profile for user \(user.nameText) already exists.")
        }
        let hash = try await iam.accepted(call.request.password, for: user, replacing: nil)
        let profile = LoginProfile(hash, resetRequired: call.request.resetRequired, at: call.call.now)
        try await iam.commit([
            try iam.put(profile, user.loginProfileKey, expecting: .absent),
            .check(user.recordKey, expecting: .version(kept.version)),
        ])
        return LoginProfileView(user: user, profile: profile)
    }
}

/// A login profile as answers show it: never the password.
package struct LoginProfileView: Sendable {
    let user: User
    let profile: LoginProfile

    func write(into output: inout OutputWriter) {
        output.object("LoginProfile") { output in
            output.string("UserName", user.nameText)
            output.timestamp("CreateDate", profile.createdAt)
            output.flag("PasswordResetRequired", profile.resetRequired)
        }
    }
}

// MARK: Wire

extension Shape {
    static let password = Shape.string(length: 1...128, pattern: .policyText, isSensitive: true)
}

extension CreateLoginProfile {
    package static let input: [Member] = [
        .optional("UserName", .userName),
        .optional("Password", .password),
        .optional("PasswordResetRequired", .boolean),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        guard let password = input.string("Password") else {
            throw .validation("A password must be given.")
        }
        return Request(
            subject: try input.userOrCaller(for: call),
            password: Redacted(password),
            resetRequired: input.flag("PasswordResetRequired")
        )
    }

    package static func encode(_ response: LoginProfileView, into output: inout OutputWriter) {
        response.write(into: &output)
    }
}
