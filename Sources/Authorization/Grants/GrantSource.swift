/// The grants of a key, asked for only when no policy has decided.
package protocol GrantSource {
    /// The grants that may name the caller; others in the answer do no harm.
    func grants(for caller: Caller) -> [Grant]
}

/// A plain list of grants.
package struct GrantList: GrantSource, Sendable {
    private let grants: [Grant]

    package init(_ grants: [Grant]) {
        self.grants = grants
    }

    package func grants(for caller: Caller) -> [Grant] {
        grants
    }
}
