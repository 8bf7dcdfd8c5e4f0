import AWSProtocol
package import Operations
import Storage

/// Lists the grants that a principal may retire, on whatever keys, in the Region.
///
/// Source: AWS KMS API Reference, ListRetirableGrants.
package enum ListRetirableGrants: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let account: AccountID
        let retiringPrincipal: String
        let limit: Int?
        let marker: String?
    }

    package static let name = "ListRetirableGrants"
    package static let action = "kms:ListRetirableGrants"
    package static let isReadOnly = true
    package static let errors = [
        "DependencyTimeoutException", "InvalidMarkerException", "InvalidArnException", "NotFoundException",
        "KMSInternalException",
    ]

    package static func references(in request: Request) -> [KeyReference] { [] }

    package static func requirements(
        of request: Request,
        on resources: [ResolvedKey],
        for call: Call
    ) -> [Requirement] {
        [.account(action, for: call, in: request.account)]
    }

    package static func run(
        _ call: Authorized<Self>,
        in kms: KeyManagementService
    ) async throws(KMSError) -> Page<ListedGrant> {
        let request = call.request
        let page = try kms.page(
            limit: request.limit,
            marker: request.marker,
            default: 50,
            max: 100,
            of: name,
            for: call.call
        )
        let principal = KeyGrant.retirablePrefix(of: request.retiringPrincipal)
        let records = try await storing { () async throws(StorageError) in
            try await kms.store.scan(
                .retirableGrant,
                prefix: "\(principal)\(call.call.region)/",
                after: page.after,
                limit: page.limit + 1
            )
        }
        let shown = try kms.page(records, page, of: name, for: call.call, position: \.key.key)
        var grants: [ListedGrant] = []
        for record in shown.elements {
            let path = String(record.key.key.dropFirst(principal.count))
            if let grant = try await listed(path, in: kms) { grants.append(grant) }
        }
        return Page(elements: grants, nextMarker: shown.nextMarker)
    }

    /// The grant of an index entry; nil when it was revoked a moment ago.
    private static func listed(
        _ path: String,
        in kms: KeyManagementService
    ) async throws(KMSError) -> ListedGrant? {
        let record = try await storing { () async throws(StorageError) in
            try await kms.store.read(RecordKey(.grant, path))
        }
        guard let record else { return nil }
        let grant = try RecordCodec.decode(KeyGrant.self, from: record)
        guard let snapshot = try await kms.snapshot(grant.key) else { return nil }
        return ListedGrant(grant: grant, key: snapshot.key.arn)
    }
}

// MARK: Wire

extension ListRetirableGrants {
    package static let input: [Member] = [
        .optional("Limit", .limit),
        .optional("Marker", .marker),
        .required("RetiringPrincipal", .principal),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        let principal = input.requiredString("RetiringPrincipal")
        let account = try call.account()
        // The principal must be one of the caller's account (KMS API Reference, ListRetirableGrants).
        guard let arn = ARN(principal), arn.account == account else { throw .invalidARN(principal) }
        return Request(
            account: account,
            retiringPrincipal: principal,
            limit: input.integer("Limit"),
            marker: input.string("Marker")
        )
    }

    package static func encode(_ response: Page<ListedGrant>, into output: inout OutputWriter) {
        output.grants(response)
    }
}
