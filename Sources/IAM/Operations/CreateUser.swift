package import Operations
import Storage

/// Makes a user, without credentials and permissions.
///
/// Source: IAM API Reference, CreateUser.
package enum CreateUser: IAMOperation {
    package struct Request: Sendable {
        let user: User
    }

    package static let name = "CreateUser"
    package static let errors = [
        "LimitExceeded", "EntityAlreadyExists", "NoSuchEntity", "InvalidInput", "ConcurrentModification",
        "ServiceFailure",
    ]

    package static func references(in request: Request) -> [IAMReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        request.user.creation(action, for: call)
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> User {
        let user = call.request.user
        var writes: [Write] = []
        if let arn = user.permissionsBoundary { writes = try await iam.bounding(arn, user) }
        try await iam.create(user, with: writes)
        return user
    }
}

// MARK: Wire

extension CreateUser {
    package static let input: [Member] = [
        .optional("Path", .path),
        .required("UserName", .userName),
        .optional("PermissionsBoundary", .arn),
        .optional("Tags", .tags),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        var user = User(
            account: try call.account(),
            name: try input.newName("UserName"),
            path: input.path,
            createdAt: call.now
        )
        user.permissionsBoundary = try input.policyARN("PermissionsBoundary")
        user.tags = try input.tags()
        return Request(user: user)
    }

    package static func encode(_ response: User, into output: inout OutputWriter) {
        output.object("User") { $0.user(response) }
    }
}
