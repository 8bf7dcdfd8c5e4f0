import AWSProtocol
package import Operations

/// Gives a group another name or path; its members and policies stay.
///
/// Source: IAM API Reference, UpdateGroup.
package enum UpdateGroup: EntityOperation {
    package typealias Subject = Group

    package struct Request: NamingRequest {
        package let subject: IAMReference
        let newName: GroupName?
        let newPath: String?
    }

    package static let name = "UpdateGroup"
    package static let errors = ["NoSuchEntity", "EntityAlreadyExists", "LimitExceeded", "ServiceFailure"]

    /// The permission is needed on what the group is and on what it becomes.
    package static func requirements(
        of request: Request,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        guard let group = Group.kept(in: resources[0])?.value else {
            preconditionFailure("the request names a group")
        }
        let conditions = RequestConditions()
        return [
            resources[0].requirement(action, for: call, conditions),
            Requirement(action, on: group.renamed(request).protected, conditions: conditions),
        ]
    }

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let kept = try call.entity()
        let group = kept.value.renamed(call.request)
        if group != kept.value { try await iam.rename(kept, to: group) }
        return NoOutput()
    }
}

extension Group {
    fileprivate func renamed(_ request: UpdateGroup.Request) -> Group {
        var group = self
        group.name = request.newName ?? name
        group.path = request.newPath ?? path
        return group
    }
}

// MARK: Wire

extension UpdateGroup {
    package static let input: [Member] = [
        .required("GroupName", .groupName),
        .optional("NewPath", .path),
        .optional("NewGroupName", .groupName),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            subject: try Group.reference(in: input, for: call),
            newName: input.string("NewGroupName") == nil ? nil : try input.newName("NewGroupName"),
            newPath: input.string("NewPath")
        )
    }
}
