import AWSProtocol
package import Operations
import Storage

/// Gives a user another name or path; what it has and may do stays.
///
/// Source: IAM API Reference, UpdateUser.
package enum UpdateUser: EntityOperation {
    package typealias Subject = User

    package struct Request: NamingRequest {
        package let subject: IAMReference
        let newName: UserName?
        let newPath: String?
    }

    package static let name = "UpdateUser"
    package static let errors = [
        "NoSuchEntity", "LimitExceeded", "EntityAlreadyExists", "EntityTemporarilyUnmodifiable",
        "ConcurrentModification", "ServiceFailure",
    ]

    /// The permission is needed on what the user is and on what it becomes.
    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        guard let user = User.kept(in: resources[0])?.value else {
            preconditionFailure("the request names a user")
        }
        let conditions = RequestConditions()
        return [
            resources[0].requirement(action, for: call, conditions),
            Requirement(action, on: user.renamed(request).protected, conditions: conditions),
        ]
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let kept = try call.entity()
        let user = kept.value.renamed(call.request)
        if user == kept.value { return NoOutput() }
        var writes: [Write] = []
        // Access keys name their owner.
        for key in try await iam.accessKeys(of: .user(user.account, kept.value.name)) {
            var moved = key.value
            moved.owner = .user(user.account, user.name)
            writes.append(try iam.put(moved, moved.id.recordKey, expecting: .version(key.version)))
            guard moved.owner.indexPrefix != key.value.owner.indexPrefix else { continue }
            writes.append(.delete(key.value.owner.indexKey(moved.id), expecting: .any))
            writes.append(.put(moved.owner.indexKey(moved.id), [], expecting: .any))
        }
        try await iam.rename(kept, to: user, with: writes)
        return NoOutput()
    }
}

extension User {
    fileprivate func renamed(_ request: UpdateUser.Request) -> User {
        var user = self
        user.name = request.newName ?? name
        user.path = request.newPath ?? path
        return user
    }
}

// MARK: Wire

extension UpdateUser {
    package static let input: [Member] = [
        .required("UserName", .existingUserName),
        .optional("NewPath", .path),
        .optional("NewUserName", .userName),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            subject: try User.reference(in: input, for: call),
            newName: input.string("NewUserName") == nil ? nil : try input.newName("NewUserName"),
            newPath: input.string("NewPath")
        )
    }
}
