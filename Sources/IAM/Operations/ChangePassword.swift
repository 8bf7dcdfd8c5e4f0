import AWSProtocol
import Authorization
import Cryptography
package import Operations
import Storage

/// Changes the caller's own password.
///
/// Permitted by policies, or by the account's password policy where that lets users change theirs. Tries with a
/// wrong old password are slowed like tries to log in.
/// Source: IAM API Reference, ChangePassword.
package enum ChangePassword: IAMOperation {
    package struct Request: Sendable {
        let old: Redacted<String>
        let new: Redacted<String>
    }

    package static let name = "ChangePassword"
    package static let errors = [
        "NoSuchEntity", "InvalidUserType", "LimitExceeded", "EntityTemporarilyUnmodifiable",
        "PasswordPolicyViolation", "ServiceFailure",
    ]

    package static func references(in request: Request) -> [IAMReference] { [.callerWithPasswordPolicy] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        guard case .userWithPasswordPolicy(let kept, let policy) = resources[0] else {
            preconditionFailure("the request refers to its caller")
        }
        let resource = kept.value.protected
        return [
            Requirement(
                action,
                on: ProtectedResource(
                    arn: resource.arn,
                    account: resource.account,
                    type: resource.type,
                    policy: policy?.letsUsersChange == true ? ownPassword : nil
                ),
                conditions: NoConditions()
            )
        ]
    }

    /// What the setting AllowUsersToChangePassword is, written as a policy: an explicit Deny still wins.
    private static let ownPassword = try? PolicyDocument(
        parsing: #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","#
            + #""Action":"iam:ChangePassword","Resource":"*"}}"#,
        as: .resource
    )

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        guard case .userWithPasswordPolicy(let kept, _) = call.resource else {
            preconditionFailure("the request refers to its caller")
        }
        let (user, request, now) = (kept.value, call.request, call.call.now)
        let profile = try await iam.loginProfile(of: user)
        let attempts = iam.directory.passwordAttempts
        let principal = "\(user.account)/\(user.name.folded)"
        guard attempts.secondsToWait(principal, at: now) == 0 else {
            throw .limitExceeded("Too many tries with a wrong password. Wait and try again.")
        }
        attempts.noteFailure(principal, at: now)
        guard try await IdentityDirectory.matches(request.old, profile.value.hash) else {
            throw .denied("The old password was incorrect.")
        }
        attempts.noteSuccess(principal)
        var changed = profile.value
        let hash = try await iam.accepted(request.new, for: user, replacing: changed)
        changed.replace(by: hash, at: now)
        changed.resetRequired = false
        try await iam.commit([
            try iam.put(changed, user.loginProfileKey, expecting: .version(profile.version))
        ])
        return NoOutput()
    }
}

// MARK: Wire

extension ChangePassword {
    package static let input: [Member] = [
        .required("OldPassword", .password), .required("NewPassword", .password),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        guard call.caller.type == .user else { throw .invalidUserType }
        return Request(
            old: Redacted(input.requiredString("OldPassword")),
            new: Redacted(input.requiredString("NewPassword"))
        )
    }
}
