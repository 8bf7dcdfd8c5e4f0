import AWSProtocol
package import Operations
import Storage

/// An operation that lists the entities of a type under a path.
package protocol EntityListing: IAMOperation where Request == EntityListRequest {
    associatedtype Subject: Entity
}

/// What a list of entities is asked with.
package struct EntityListRequest: Sendable {
    let account: AccountID
    let pathPrefix: String
    let page: PageInput

    init(_ input: Input, for call: Call) throws(IAMError) {
        account = try call.account()
        pathPrefix = input.string("PathPrefix") ?? "/"
        page = PageInput(input)
    }
}

extension EntityListing {
    package static var errors: [String] { ["ServiceFailure"] }

    package static var input: [Member] { [.optional("PathPrefix", .pathPrefix)] + .paging }

    package static func request(from input: Input, for call: Call) throws(IAMError) -> EntityListRequest {
        try EntityListRequest(input, for: call)
    }

    package static func references(in request: EntityListRequest) -> [IAMReference] { [] }

    /// The permission is asked for the ARN of all entities under the path.
    package static func requirements(
        of request: EntityListRequest,
        on resources: [IAMResource],
        for call: Call
    ) -> [Requirement] {
        let locator = EntityLocator(Subject.type, request.account, "")
        return [
            Requirement(
                action,
                on: ProtectedResource(
                    arn: locator.arn(path: request.pathPrefix),
                    account: request.account,
                    type: nil
                ),
                conditions: NoConditions()
            )
        ]
    }

    /// The page that the request asks for.
    static func list(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<Subject> {
        let request = call.request
        let page = try iam.page(request.page, of: name, for: call.call)
        let found = try await iam.entities(
            of: Subject.self,
            in: request.account,
            under: request.pathPrefix,
            after: page.after,
            max: page.limit + 1
        )
        return try iam.page(found, page, of: name, for: call.call) { $0.nameText.lowercased() }
    }
}

extension EntityListing where Response == Page<Subject> {
    package static func run(
        _ call: Authorized<Self>,
        in iam: IAMService
    ) async throws(IAMError) -> Page<Subject> {
        try await list(call, in: iam)
    }
}

extension IAMService {
    /// Entities in the order of their names in lower case, `after` such a name.
    func entities<Subject: Entity>(
        of type: Subject.Type,
        in account: AccountID,
        under pathPrefix: String = "/",
        after: String? = nil,
        max: Int = .max
    ) async throws(IAMError) -> [Subject] {
        let prefix = "\(account)/"
        var entities: [Subject] = []
        var last = after.map { prefix + $0 }
        while entities.count < max {
            let page = try await records(Subject.type.recordKind, prefix: prefix, after: last, max: 1000)
            for record in page {
                let entity = try coding { () throws(StorageError) in
                    try RecordCoding.decode(type, from: record)
                }
                if entity.path.hasPrefix(pathPrefix) { entities.append(entity) }
                if entities.count == max { break }
            }
            last = page.last?.key.key
            if page.count < 1000 { break }
        }
        return entities
    }
}
