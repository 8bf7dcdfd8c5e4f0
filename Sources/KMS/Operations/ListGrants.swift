import Authorization
package import Operations

/// Lists the grants on a key.
///
/// Source: AWS KMS API Reference, ListGrants.
package enum ListGrants: ImmediateOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let key: KeyReference
        let grantID: String?
        let grantee: String?
        let limit: Int?
        let marker: String?
    }

    package static let name = "ListGrants"
    package static let action = "kms:ListGrants"
    package static let isReadOnly = true
    package static let errors = [
        "NotFoundException", "DependencyTimeoutException", "InvalidMarkerException",
        "InvalidGrantIdException", "InvalidArnException", "KMSInternalException", "KMSInvalidStateException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [request.key] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [
            resources[0].requirement(
                action,
                for: call,
                fromOtherAccounts: true,
                own: { $0.name == "kms:grantisforawsresource" ? .bool(call.invokedBy != nil) : nil }
            )
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) throws(KMSError) -> Page<ListedGrant> {
        let request = call.request
        let page = try kms.page(
            limit: request.limit,
            marker: request.marker,
            default: 50,
            max: 100,
            of: name,
            for: call.call
        )
        if let id = request.grantID, GrantID(id) == nil { throw .invalidGrantID }
        let key = call.resource.arn
        let grants = call.resource.snapshot.grants.lazy.filter { grant in
            (request.grantID.map { $0 == grant.id.description } ?? true)
                && (request.grantee.map { $0 == grant.grantee } ?? true)
                && (page.after.map { grant.id.description > $0 } ?? true)
        }
        return try kms.page(
            grants.prefix(page.limit + 1).map { ListedGrant(grant: $0, key: key) },
            page,
            of: name,
            for: call.call,
            position: \.grant.id.description
        )
    }
}

// MARK: Wire

extension ListGrants {
    package static let input: [Member] = [
        .optional("Limit", .limit),
        .optional("Marker", .marker),
        .required("KeyId", .keyID),
        .optional("GrantId", .grantID),
        .optional("GranteePrincipal", .principal),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            key: try KeyReference(input.requiredString("KeyId"), accepting: .keyOnly, for: call),
            grantID: input.string("GrantId"),
            grantee: input.string("GranteePrincipal"),
            limit: input.integer("Limit"),
            marker: input.string("Marker")
        )
    }

    package static func encode(_ response: Page<ListedGrant>, into output: inout OutputWriter) {
        output.grants(response)
    }
}
