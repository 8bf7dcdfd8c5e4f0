import AWSProtocol
package import Operations
import Storage

/// Shows a user; without a name the user who asks, or the root user.
///
/// Source: IAM API Reference, GetUser.
package enum GetUser: SubjectOperation {
    package typealias Request = SubjectRequest

    package static let name = "GetUser"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> UserOrRoot {
        switch call.resource {
        case .user(let kept): return .user(kept.value)
        case .root(let account):
            guard let record = try await iam.directory.read(Account.self, account.recordKey) else {
                throw .noSuchAccount(account)
            }
            return .root(record)
        case .group, .role, .instanceProfile, .policy, .accessKey:
            preconditionFailure("the request names a user")
        }
    }
}

/// Who asked for itself.
package enum UserOrRoot: Sendable {
    case user(User)
    case root(Account)
}

// MARK: Wire

extension GetUser {
    package static let input: [Member] = [.optional("UserName", .existingUserName)]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectRequest {
        SubjectRequest(subject: try input.userOrCaller(for: call))
    }

    package static func encode(_ response: UserOrRoot, into output: inout OutputWriter) {
        output.object("User") { output in
            switch response {
            case .user(let user): output.user(user)
            case .root(let account):
                output.string("UserId", account.id.description)
                output.string("Arn", account.rootARN)
                output.timestamp("CreateDate", account.createdAt)
            }
        }
    }
}
