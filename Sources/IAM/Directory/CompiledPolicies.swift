import Authorization
import Storage
import Synchronization

/// Policies compiled once, however many users and roles they come to.
///
/// An entry is good for one version of the record that holds the text, so nothing has to be dropped when that
/// changes.
final class CompiledPolicies: Sendable {
    private struct Entry {
        let version: Int64
        let policy: PolicyDocument
    }

    private struct Key: Hashable {
        /// A managed policy's ARN, or the unique id of an entity and the name of its inline policy.
        let place: String
        let kind: PolicyKind
    }

    private let entries = Mutex<[Key: Entry]>([:])
    private let countMax: Int

    init(countMax: Int = 4_096) {
        self.countMax = countMax
    }

    /// The compiled default version of a managed policy.
    ///
    /// - Throws: When the text is no policy, which nothing stored by this module is.
    func managed(_ kept: Kept<ManagedPolicy>, as kind: PolicyKind) throws(PolicyError) -> PolicyDocument {
        let arn = kept.value.arn.description
        guard let text = kept.value.defaultVersion?.text else { throw .missingElement("Statement") }
        return try compiled(text, Key(place: arn, kind: kind), named: arn, kept.version)
    }

    /// The compiled inline policies of an entity, by name.
    func inline<Holder: PolicyHolder>(
        of kept: Kept<Holder>
    ) throws(PolicyError) -> [PolicyDocument] {
        var policies: [PolicyDocument] = []
        for (name, text) in kept.value.inlinePolicies.sorted(by: { $0.key < $1.key }) {
            let key = Key(place: "\(kept.value.id)/\(name)", kind: .identity)
            policies.append(try compiled(text, key, named: name, kept.version))
        }
        return policies
    }

    private func compiled(
        _ text: String,
        _ key: Key,
        named name: String,
        _ version: Int64
    ) throws(PolicyError) -> PolicyDocument {
        if let known = entries.withLock({ $0[key] }), known.version == version { return known.policy }
        let policy = try PolicyDocument(parsing: text, as: key.kind, named: name)
        entries.withLock { entries in
            // Rare enough that what is in use is compiled again.
            if entries.count >= countMax { entries = [:] }
            entries[key] = Entry(version: version, policy: policy)
        }
        return policy
    }
}
