/// Knows which principals exist, for services that refuse policies and grants that name others.
package protocol PrincipalDirectory: Sendable {
    /// Whether a principal exists, and as whom.
    func status(of principal: PrincipalPattern) async -> PrincipalStatus
}

/// The answer of a directory.
package enum PrincipalStatus: Hashable, Sendable {
    /// The principal exists. The unique id, `AIDA…` or `AROA…`, is that of a user or role; all others, such as
    /// accounts and services, have none.
    case exists(uniqueID: String?)
    case absent
    /// Nobody can tell at the moment, for a reason that is for the log.
    case unknown(reason: String)
}
