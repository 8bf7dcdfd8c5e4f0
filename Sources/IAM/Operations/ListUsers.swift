package import Operations

/// Lists the users of the account under a path.
///
/// Source: IAM API Reference, ListUsers.
package enum ListUsers: EntityListing {
    package typealias Subject = User
    package typealias Response = Page<User>

    package static let name = "ListUsers"
}

// MARK: Wire

extension ListUsers {
    package static func encode(_ response: Page<User>, into output: inout OutputWriter) {
        output.objects("Users", response.elements) { $0.user($1, inList: true) }
        output.pageEnd(response.marker)
    }
}
