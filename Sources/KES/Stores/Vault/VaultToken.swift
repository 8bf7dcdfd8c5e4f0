import Cryptography

/// What a login gives: a text that is a right for some time.
struct VaultToken: Sendable {
    private let text: Redacted<String>
    /// When it was got or renewed, by the session's clock.
    let since: Duration
    /// How long it lasts from then; nil for ever.
    let lease: Duration?
    /// How long it lasted when it was new.
    let firstLease: Duration?
    let isRenewable: Bool
    /// Counts logins, so that a token that was refused is told from the one that took its place.
    let login: Int

    init(
        _ text: String,
        since: Duration,
        lease: Duration?,
        firstLease: Duration?,
        isRenewable: Bool,
        login: Int
    ) {
        self.text = Redacted(text)
        self.since = since
        self.lease = lease
        self.firstLease = firstLease
        self.isRenewable = isRenewable
        self.login = login
    }

    func exposingSecret<Result>(_ body: (String) -> Result) -> Result { text.exposingSecret(body) }

    /// Whether it can still be used; its last tenth is left for what is under way.
    func isAlive(at now: Duration) -> Bool { lease.map { now - since < $0 * 0.9 } ?? true }

    /// Whether it should be renewed: half of its time is over.
    func isDue(at now: Duration) -> Bool { lease.map { now - since >= $0 / 2 } ?? false }

    /// Whether renewals have come so near to the token's longest life that they buy little.
    var isWorn: Bool {
        guard let lease, let firstLease else { return false }
        return lease < firstLease / 4
    }
}
