import AWSProtocol
import Cryptography
package import Operations
import Storage

/// Changes a user's password, or whether the user must.
///
/// Source: IAM API Reference, UpdateLoginProfile.
package enum UpdateLoginProfile: EntityOperation {
    package typealias Subject = User

    package struct Request: NamingRequest {
        package let subject: IAMReference
        let password: Redacted<String>?
        let resetRequired: Bool
    }

    package static let name = "UpdateLoginProfile"
    package static let errors = [
        "EntityTemporarilyUnmodifiable", "NoSuchEntity", "PasswordPolicyViolation", "LimitExceeded",
        "ServiceFailure",
    ]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let user = try call.entity().value
        let kept = try await iam.loginProfile(of: user)
        var profile = kept.value
        profile.resetRequired = call.request.resetRequired
        if let password = call.request.password {
            let hash = try await iam.accepted(password, for: user, replacing: profile)
            profile.replace(by: hash, at: call.call.now)
        }
        try await iam.commit([
            try iam.put(profile, user.loginProfileKey, expecting: .version(kept.version))
        ])
        return NoOutput()
    }
}

// MARK: Wire

extension UpdateLoginProfile {
    package static let input: [Member] = [
        .required("UserName", .userName),
        .optional("Password", .password),
        .optional("PasswordResetRequired", .boolean),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            subject: try User.reference(in: input, for: call),
            password: input.string("Password").map { Redacted($0) },
            resetRequired: input.flag("PasswordResetRequired")
        )
    }
}
