import AWSProtocol
import Cryptography
package import Operations
import Storage

/// Lists all keys of the account in the Region, in any state, as they were made.
///
/// Source: AWS KMS API Reference, ListKeys.
package enum ListKeys: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let account: AccountID
        let limit: Int?
        let marker: String?
    }

    package static let name = "ListKeys"
    package static let action = "kms:ListKeys"
    package static let isReadOnly = true
    package static let errors = [
        "DependencyTimeoutException", "KMSInternalException", "InvalidMarkerException",
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
    ) async throws(KMSError) -> Page<KeyARN> {
        let request = call.request
        let page = try kms.page(
            limit: request.limit,
            marker: request.marker,
            default: 100,
            max: 1000,
            of: name,
            for: call.call
        )
        let prefix = "\(request.account)/\(call.call.region)/"
        let records = try await storing { () async throws(StorageError) in
            try await kms.store.scan(
                .keyOfAccount,
                prefix: prefix,
                after: page.after,
                limit: page.limit + 1
            )
        }
        let keys = try kms.page(records, page, of: name, for: call.call, position: \.key.key)
        return Page(
            elements: keys.elements.compactMap { record in
                KeyUniqueID(accountRecordPath: record.key.key)
                    .map { KeyARN(KeyLocator(call.call.region, $0), request.account) }
            },
            nextMarker: keys.nextMarker
        )
    }
}

// MARK: Wire

extension ListKeys {
    package static let input: [Member] = [.optional("Limit", .limit), .optional("Marker", .marker)]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            account: try call.account(),
            limit: input.integer("Limit"),
            marker: input.string("Marker")
        )
    }

    package static func encode(_ response: Page<KeyARN>, into output: inout OutputWriter) {
        output.objects("Keys", response.elements) { output, key in
            output.string("KeyId", key.locator.id.description)
            output.string("KeyArn", key.description)
        }
        output.pageEnd(response.nextMarker)
    }
}
