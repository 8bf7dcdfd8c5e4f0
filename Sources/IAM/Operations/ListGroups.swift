package import Operations

/// Lists the groups of the account under a path.
///
/// Source: IAM API Reference, ListGroups.
package enum ListGroups: EntityListing {
    package typealias Subject = Group
    package typealias Response = Page<Group>

    package static let name = "ListGroups"
}

// MARK: Wire

extension ListGroups {
    package static func encode(_ response: Page<Group>, into output: inout OutputWriter) {
        output.objects("Groups", response.elements) { $0.group($1) }
        output.pageEnd(response.marker)
    }
}
