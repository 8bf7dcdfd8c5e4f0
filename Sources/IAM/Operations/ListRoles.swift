package import Operations

/// Lists the roles of the account under a path.
///
/// Source: IAM API Reference, ListRoles.
package enum ListRoles: EntityListing {
    package typealias Subject = Role
    package typealias Response = Page<Role>

    package static let name = "ListRoles"
}

// MARK: Wire

extension ListRoles {
    package static func encode(_ response: Page<Role>, into output: inout OutputWriter) {
        output.objects("Roles", response.elements) { $0.role($1, inList: true) }
        output.pageEnd(response.marker)
    }
}
