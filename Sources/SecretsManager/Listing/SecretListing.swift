import AWSProtocol
import Operations
import Storage

import struct Foundation.Date

/// Which secrets of an account and Region are listed, and in which order.
struct SecretListing: Sendable {
    enum Order: String, CaseIterable, Sendable {
        case createdDate = "created-date"
        case lastAccessedDate = "last-accessed-date"
        case lastChangedDate = "last-changed-date"
        case name
    }

    let account: AccountID
    let region: Region
    let filters: [SecretFilter]
    let includesDeleted: Bool
    var order = Order.createdDate
    var isDescending = false

    func includes(_ secret: Secret) -> Bool {
        (includesDeleted || secret.deletion == nil) && filters.allSatisfy { $0.matches(secret) }
    }

    /// What the secret is ordered by, as a text, made unique by its name.
    func position(of secret: Secret) -> String {
        let name = secret.locator.name.description
        return switch order {
        case .name: name
        case .createdDate: Self.digits(secret.createdAt) + "/" + name
        case .lastChangedDate: Self.digits(secret.changedAt) + "/" + name
        case .lastAccessedDate: Self.digits(secret.accessedOn) + "/" + name
        }
    }

    private static func digits(_ date: Date?) -> String {
        Digits.text(date?.milliseconds ?? 0, count: 15)
    }
}

extension SecretsManagerService {
    private static let scanSize = 200

    /// Up to `limit` secrets of a listing after a position, and the position to go on from; nil at the end.
    ///
    /// Lists by name or date of creation, ascending, read what they show and little more; all others read every
    /// secret of the account in the Region.
    func list(
        _ listing: SecretListing,
        after position: String?,
        limit: Int
    ) async throws(SecretsManagerError) -> (secrets: [Secret], next: String?) {
        var found: [Secret] = []
        switch (listing.order, listing.isDescending) {
        case (.name, false), (.createdDate, false):
            found = try await walk(listing, after: position, limit: limit + 1)
        default:
            let all = try await walk(listing, after: nil, limit: .max)
            let sorted = all.map { (listing.position(of: $0), $0) }
                .sorted { listing.isDescending ? $0.0 > $1.0 : $0.0 < $1.0 }
            found = sorted.filter { key, _ in
                guard let position else { return true }
                return listing.isDescending ? key < position : key > position
            }.prefix(limit + 1).map(\.1)
        }
        let shown = Array(found.prefix(limit))
        return (shown, found.count > limit ? shown.last.map(listing.position) : nil)
    }

    /// Secrets in the order of their names or, where the listing is by creation, of their making.
    private func walk(
        _ listing: SecretListing,
        after position: String?,
        limit: Int
    ) async throws(SecretsManagerError) -> [Secret] {
        let prefix = SecretLocator.prefix(listing.account, listing.region)
        var after = position.map { prefix + $0 }
        var found: [Secret] = []
        while true {
            let kind = listing.order == .createdDate ? RecordKind.secretByCreation : .secret
            let page = try await storing { [after] () async throws(StorageError) in
                try await store.scan(kind, prefix: prefix, after: after, limit: Self.scanSize)
            }
            for record in try await secrets(of: page, prefix: prefix) {
                let secret = accesses.applied(to: try RecordCodec.decode(Secret.self, from: record))
                guard listing.includes(secret) else { continue }
                found.append(secret)
                guard found.count < limit else { return found }
            }
            guard page.count == Self.scanSize else { return found }
            after = page.last?.key.key
        }
    }

    /// The records of secrets that a page of records, or of index entries, leads to.
    private func secrets(
        of page: [Record],
        prefix: String
    ) async throws(SecretsManagerError) -> [Record] {
        guard page.first?.key.kind == .secretByCreation else { return page }
        let keys = page.map { entry in
            let rest = entry.key.key.dropFirst(prefix.count)
            return RecordKey(.secret, prefix + rest.drop { $0 != "/" }.dropFirst())
        }
        return try await storing { () async throws(StorageError) in
            try await store.read(keys).compactMap(\.self)
        }
    }
}
