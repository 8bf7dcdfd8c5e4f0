import AWSProtocol
import Cryptography
package import Operations
import Storage

/// Lists the aliases of the account in the Region, or of one key.
///
/// The predefined `alias/aws/…` are listed without a target until their key is made on first use.
/// Source: AWS KMS API Reference, ListAliases.
package enum ListAliases: DurableOperation {
    package typealias Service = KeyManagementService

    package struct Request: Sendable {
        let account: AccountID
        let key: KeyReference?
        let limit: Int?
        let marker: String?
    }

    package struct Entry: Sendable {
        let alias: AliasLocator
        /// Nil for a predefined alias without a key.
        let record: Alias?
    }

    package static let name = "ListAliases"
    package static let action = "kms:ListAliases"
    package static let isReadOnly = true
    package static let errors = [
        "DependencyTimeoutException", "InvalidMarkerException", "KMSInternalException",
        "InvalidArnException", "NotFoundException",
    ]

    package static func references(in request: Request) -> [KeyReference] {
        request.key.map { [$0] } ?? []
    }

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
    ) async throws(KMSError) -> Page<Entry> {
        let request = call.request
        let page = try kms.page(
            limit: request.limit,
            marker: request.marker,
            default: 50,
            max: 100,
            of: name,
            for: call.call
        )
        let entries =
            if let key = call.resources.first {
                try await aliases(of: key.key, after: page.after, in: kms)
            } else {
                try await aliases(in: request.account, page: page, call: call.call, of: kms)
            }
        return try kms.page(
            Array(entries.prefix(page.limit + 1)),
            page,
            of: name,
            for: call.call,
            position: \.alias.name.text
        )
    }

    private static func aliases(
        of key: Key,
        after: String?,
        in kms: KeyManagementService
    ) async throws(KMSError) -> [Entry] {
        var entries: [Entry] = []
        for name in key.aliases.sorted(by: { $0.text < $1.text }) where after.map({ name.text > $0 }) ?? true
        {
            let alias = AliasLocator(key.account, key.locator.region, name)
            guard let (record, _) = try await kms.readAlias(alias) else { continue }
            entries.append(Entry(alias: alias, record: record))
        }
        return entries
    }

    private static func aliases(
        in account: AccountID,
        page: PageRequest,
        call: Call,
        of kms: KeyManagementService
    ) async throws(KMSError) -> [Entry] {
        let prefix = "\(account)/\(call.region)/"
        let records = try await storing { () async throws(StorageError) in
            try await kms.store.scan(
                .alias,
                prefix: prefix,
                after: page.after.map { prefix + $0 },
                limit: page.limit + 1
            )
        }
        var entries: [AliasName: Entry] = [:]
        for name in ManagedKeys.aliases() where page.after.map({ name.text > $0 }) ?? true {
            entries[name] = Entry(alias: AliasLocator(account, call.region, name), record: nil)
        }
        for record in records {
            let alias = try RecordCodec.decode(Alias.self, from: record)
            entries[alias.name] = Entry(
                alias: AliasLocator(account, call.region, alias.name),
                record: alias
            )
        }
        return entries.values.sorted { $0.alias.name.text < $1.alias.name.text }
    }
}

// MARK: Wire

extension ListAliases {
    package static let input: [Member] = [
        .optional("KeyId", .keyID), .optional("Limit", .limit), .optional("Marker", .marker),
    ]

    package static func request(from input: Input, for call: Call) throws(KMSError) -> Request {
        Request(
            account: try call.account(),
            key: try input.string("KeyId").map { text throws(KMSError) in
                try KeyReference(text, accepting: .keyOnly, for: call)
            },
            limit: input.integer("Limit"),
            marker: input.string("Marker")
        )
    }

    package static func encode(_ response: Page<Entry>, into output: inout OutputWriter) {
        output.objects("Aliases", response.elements) { output, entry in
            output.string("AliasName", entry.alias.name.text)
            output.string("AliasArn", entry.alias.arn)
            output.string("TargetKeyId", entry.record?.target.id.description)
            output.timestamp("CreationDate", entry.record?.createdAt)
            output.timestamp("LastUpdatedDate", entry.record?.updatedAt)
        }
        output.pageEnd(response.nextMarker)
    }
}
