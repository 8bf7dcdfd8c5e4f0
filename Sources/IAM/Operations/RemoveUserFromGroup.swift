package import Operations
import Storage

/// Takes a user out of a group.
///
/// Source: IAM API Reference, RemoveUserFromGroup.
package enum RemoveUserFromGroup: EntityOperation {
    package typealias Subject = Group
    package typealias Request = MembershipRequest

    package static let name = "RemoveUserFromGroup"
    package static let errors = ["NoSuchEntity", "LimitExceeded", "ServiceFailure"]

    package static func run(_ call: Authorized<Self>, in iam: IAMService) async throws(IAMError) -> NoOutput {
        let group = try call.entity().value
        let user = try await iam.entity(call.request.user, as: User.self)
        guard user.value.groups.contains(group.id) else {
            throw .noSuchPart("User \(user.value.name) is not a member of group \(group.name).")
        }
        let writes: [Write] = [.delete(group.memberKey(user.value), expecting: .any)]
        try await iam.change(user, with: writes) { $0.groups.removeAll { $0 == group.id } }
        return NoOutput()
    }
}

// MARK: Wire

extension RemoveUserFromGroup {
    package static let input: [Member] = [
        .required("GroupName", .groupName), .required("UserName", .existingUserName),
    ]

    package static func request(from input: Input, for call: Call) throws(IAMError) -> MembershipRequest {
        try MembershipRequest(input, for: call)
    }
}
