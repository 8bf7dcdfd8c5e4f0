import Authorization
import Synchronization

/// Key policies compiled for decisions, each once for all keys that have it.
///
/// Most keys of a deployment have the standard policy or one of a few, and the standard one takes a kilobyte when it is
/// compiled.
final class SharedPolicies: Sendable {
    /// A policy, and what decisions are made by.
    struct Entry {
        /// The policy as it was first seen: keys that keep this one share its text.
        let policy: KeyPolicy
        let document: PolicyDocument
    }

    /// So many that were met last, of at most 32 KiB of text each, are shared further; snapshots keep the others.
    private static let entriesMax = 256

    private let entries = Mutex(RecentlyUsed<KeyPolicy, Entry>(capacity: entriesMax))

    /// A stored policy, compiled now or before.
    ///
    /// - Throws: `.internalFailure` when it does not compile: it was checked before it was stored.
    func entry(for policy: KeyPolicy) throws(KMSError) -> Entry {
        // Strings are equal that Unicode calls equivalent, but no character of a policy is above U+00FF, where the
        // equivalent ones are.
        if let known = entries.withLock({ $0[policy] }) { return known }
        let entry = Entry(policy: policy, document: try policy.compiled())
        entries.withLock { $0.insert(entry, for: policy) }
        return entry
    }
}
