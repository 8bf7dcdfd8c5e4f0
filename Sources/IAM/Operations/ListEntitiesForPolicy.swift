import AWSProtocol
package import Operations
import Storage

/// Lists the users, groups and roles that use a managed policy, as permissions or as their boundary.
///
/// Source: IAM API Reference, ListEntitiesForPolicy.
package enum ListEntitiesForPolicy: EntityOperation {
    package typealias Subject = ManagedPolicy

    package struct Request: NamingRequest {
        package let subject: IAMReference
        let filter: String?
        let pathPrefix: String
        let use: PolicyUse?
        let page: PageInput

        func shows(_ entity: some Entity) -> Bool {
            entity.path.hasPrefix(pathPrefix)
                && (filter == nil || filter?.lowercased() == entity.locator.type.rawValue)
        }
    }

    /// An entity with its place in the index.
    package struct Use: Sendable {
        let position: String
        let entity: any Entity
    }

    package static let name = "ListEntitiesForPolicy"
    package static let errors = ["NoSuchEntity", "InvalidInput", "ServiceFailure"]

    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<Use> {
        let request = call.request
        let page = try iam.page(request.page, of: name, for: call.call)
        let index = try call.entity().value.arn.usePrefix(in: try call.call.account())
        let prefix = index + (request.use.map { $0.rawValue + "/" } ?? "")
        var found: [Use] = []
        var after = page.after.map { index + $0 }
        while found.count <= page.limit {
            let batch = try await iam.records(.policyUse, prefix: prefix, after: after, max: 200)
            for record in batch {
                guard let id = record.key.key.split(separator: "/").last.flatMap({ PrincipalID(String($0)) }),
                    let entity = try await iam.policyHolder(id), request.shows(entity)
                else { continue }
                let position = String(record.key.key.dropFirst(index.count))
                found.append(Use(position: position, entity: entity))
            }
            after = batch.last?.key.key
            if batch.count < 200 { break }
        }
        return try iam.page(found, page, of: name, for: call.call, position: \.position)
    }
}

extension IAMService {
    /// The user, group or role with a unique id; nil when it is gone.
    fileprivate func policyHolder(_ id: PrincipalID) async throws(IAMError) -> (any Entity)? {
        if let group = try await entity(id, as: Group.self) { return group.value }
        return try await directory.userOrRole(id)
    }
}

// MARK: Wire

extension ListEntitiesForPolicy {
    package static let input: [Member] =
        [
            .required("PolicyArn", .arn),
            .optional("EntityFilter", .entityFilter),
            .optional("PathPrefix", .path),
            .optional("PolicyUsageFilter", .policyUsage),
        ] + .paging

    package static func request(from input: Input, for call: Call) throws(IAMError) -> Request {
        Request(
            subject: try ManagedPolicy.reference(in: input, for: call),
            filter: input.string("EntityFilter"),
            pathPrefix: input.string("PathPrefix") ?? "/",
            use: input.policyUse("PolicyUsageFilter"),
            page: PageInput(input)
        )
    }

    package static func encode(_ response: Page<Use>, into output: inout OutputWriter) {
        for (type, list, noun) in [
            (EntityType.group, "PolicyGroups", "Group"), (.user, "PolicyUsers", "User"),
            (.role, "PolicyRoles", "Role"),
        ] {
            let entities = response.elements.map(\.entity).filter { $0.locator.type == type }
            output.objects(list, entities) { output, entity in
                output.string(noun + "Name", entity.nameText)
                output.string(noun + "Id", entity.id.description)
            }
        }
        output.pageEnd(response.marker)
    }
}
