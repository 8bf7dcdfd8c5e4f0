package import Operations

/// Shows a group and its users.
///
/// Source: IAM API Reference, GetGroup.
package enum GetGroup: EntityOperation {
    package typealias Subject = Group
    package typealias Request = SubjectPageRequest

    package struct Response: Sendable {
        let group: Group
        let users: Page<User>
    }

    package static let name = "GetGroup"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Response {
        let group = try call.entity().value
        let page = try iam.page(call.request.page, of: name, for: call.call)
        let users = try await iam.members(of: group, after: page.after, max: page.limit + 1)
        return Response(
            group: group,
            users: try iam.page(users, page, of: name, for: call.call) { $0.id.description }
        )
    }
}

// MARK: Wire

extension GetGroup {
    package static let input: [Member] = [.required("GroupName", .groupName)] + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> SubjectPageRequest {
        SubjectPageRequest(subject: try Group.reference(in: input, for: call), page: PageInput(input))
    }

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.object("Group") { $0.group(response.group) }
        output.objects("Users", response.users.elements) { $0.user($1, inList: true) }
        output.pageEnd(response.users.marker)
    }
}
