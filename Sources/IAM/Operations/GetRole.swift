package import Operations

/// Shows a role, and when it was last used.
///
/// Source: IAM API Reference, GetRole.
package enum GetRole: EntityOperation {
    package typealias Subject = Role
    package typealias Request = SubjectRequest

    package struct Response: Sendable {
        let role: Role
        let lastUse: RoleUse?
    }

    package static let name = "GetRole"
    package static let errors = ["NoSuchEntity", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Response {
        let role = try call.entity().value
        return Response(role: role, lastUse: try await iam.directory.lastUse(ofRole: role.id))
    }
}

// MARK: Wire

extension GetRole {
    package static let input: [Member] = [.required("RoleName", .roleName)]

    package static func encode(_ response: Response, into output: inout OutputWriter) {
        output.object("Role") { output in
            output.role(response.role)
            output.object("RoleLastUsed") { output in
                output.timestamp("LastUsedDate", response.lastUse?.date)
                output.string("Region", response.lastUse?.region)
            }
        }
    }
}
