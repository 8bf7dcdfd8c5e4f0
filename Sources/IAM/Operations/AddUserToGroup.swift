package import Operations
import Storage

/// Puts a user into a group, whose policies it then has.
///
/// Source: IAM API Reference, AddUserToGroup.
package enum AddUserToGroup: EntityOperation {
    package typealias Subject = Group
    package typealias Request = MembershipRequest

    package static let name = "AddUserToGroup"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "ServiceFailure"]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let group = try call.entity()
        let user = try await iam.entity(call.request.user, as: User.self)
        if user.value.groups.contains(group.value.id) { return NoOutput() }
        guard user.value.groups.count < User.groupsMax else {
            throw .limitExceeded("Cannot exceed quota for GroupsPerUser: \(User.groupsMax)")
        }
        // The group is written again as it is, so that who deletes it meanwhile learns of its member.
        let writes: [Write] = [
            try iam.put(group.value, group.value.recordKey, expecting: .version(group.version)),
            .put(group.value.memberKey(user.value), [], expecting: .any),
        ]
        try await iam.change(user, with: writes) { $0.groups.append(group.value.id) }
        return NoOutput()
    }
}

// MARK: Wire

extension AddUserToGroup {
    package static let input: [Member] = [
        .required("GroupName", .groupName), .required("UserName", .existingUserName),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> MembershipRequest {
        try MembershipRequest(input, for: call)
    }
}
