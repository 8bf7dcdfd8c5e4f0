package import Operations

/// Makes a group without members and permissions.
///
/// Source: IAM API Reference, CreateGroup.
package enum CreateGroup: IAMOperation {
    package struct Request: Sendable {
        let group: Group
    }

    package static let name = "CreateGroup"
    package static let errors = ["LimitExceeded", "EntityAlreadyExists", "NoSuchEntity", "ServiceFailure"]

    package static func references(in request: Request) -> [IAMReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        request.group.creation(action, for: call)
    }

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Group {
        try await iam.create(call.request.group)
        return call.request.group
    }
}

// MARK: Wire

extension CreateGroup {
    package static let input: [Member] = [.optional("Path", .path), .required("GroupName", .groupName)]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            group: Group(
                account: try call.account(),
                name: try input.newName("GroupName"),
                path: input.path,
                createdAt: call.now
            )
        )
    }

    package static func encode(_ response: Group, into output: inout OutputWriter) {
        output.object("Group") { $0.group(response) }
    }
}
