import Operations
import Storage

/// What AddUserToGroup and RemoveUserFromGroup are asked with.
package struct MembershipRequest: NamingRequest {
    package let subject: IAMReference
    let user: EntityLocator

    init(_ input: Input, for call: Call) throws(IAMError) {
        subject = try Group.reference(in: input, for: call)
        user = EntityLocator(.user, try call.account(), input.requiredString("UserName"))
    }
}

extension Group {
    /// What the index keys of its members begin with.
    var memberPrefix: String { "\(id)/" }

    func memberKey(_ user: User) -> RecordKey { RecordKey(.groupMember, "\(memberPrefix)\(user.id)") }
}

extension IAMService {
    /// Users of a group in the order of their ids, `after` such an id.
    func members(of group: Group, after: String?, max: Int) async throws(IAMError) -> [User] {
        var members: [User] = []
        for record in try await records(
            .groupMember,
            prefix: group.memberPrefix,
            after: after.map { group.memberPrefix + $0 },
            max: max
        ) {
            guard let id = PrincipalID(String(record.key.key.dropFirst(group.memberPrefix.count))),
                let user = try await entity(id, as: User.self)
            else { continue }
            members.append(user.value)
        }
        return members
    }
}
