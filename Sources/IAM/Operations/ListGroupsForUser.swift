import AWSProtocol
package import Operations

/// Lists the groups that a user is in.
///
/// Source: IAM API Reference, ListGroupsForUser.
package enum ListGroupsForUser: EntityOperation {
    package typealias Subject = User
    package typealias Request = SubjectPageRequest

    package static let name = "ListGroupsForUser"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<Group> {
        var groups: [Group] = []
        for id in try call.entity().value.groups {
            if let group = try await iam.entity(id, as: Group.self) { groups.append(group.value) }
        }
        return try iam.page(ofAll: groups, call.request.page, of: name, for: call.call) { $0.name.folded }
    }
}

// MARK: Wire

extension ListGroupsForUser {
    package static let input: [Member] = [.required("UserName", .existingUserName)] + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectPageRequest {
        SubjectPageRequest(subject: try User.reference(in: input, for: call), page: PageInput(input))
    }

    package static func encode(_ response: Page<Group>, into output: inout OutputWriter) {
        output.objects("Groups", response.elements) { $0.group($1) }
        output.pageEnd(response.marker)
    }
}
