/// A policy, read once and compiled, that answers requests without being read again.
///
/// A value that shares its compiled form: copying it costs one reference.
package struct PolicyDocument: Sendable {
    private final class Compiled: Sendable {
        let source: String
        let kind: PolicyKind
        let name: String?
        let statements: [Statement]
        let denials: StatementList
        let allowances: StatementList

        init(
            source: String,
            kind: PolicyKind,
            name: String?,
            statements: [Statement],
            indexedFrom count: Int
        ) {
            self.source = source
            self.kind = kind
            self.name = name
            self.statements = statements
            denials = StatementList(statements.filter { $0.effect == .deny }, indexedFrom: count)
            allowances = StatementList(statements.filter { $0.effect == .allow }, indexedFrom: count)
        }
    }

    private let compiled: Compiled

    /// Reads and compiles a policy.
    ///
    /// - Parameters:
    ///   - text: the JSON document, kept as ``source``.
    ///   - kind: what the policy is attached to.
    ///   - name: how explanations call it, such as a managed policy's ARN.
    /// - Throws: the first fault found; nothing of a faulty policy is ever in force.
    package init(parsing text: String, as kind: PolicyKind, named name: String? = nil) throws(PolicyError) {
        compiled = Compiled(
            source: text,
            kind: kind,
            name: name,
            statements: try PolicyParser.statements(of: text, as: kind),
            indexedFrom: StatementList.indexedFrom
        )
    }

    /// The same policy, which finds its statements by an index from so many of one effect.
    func indexed(from count: Int) -> PolicyDocument {
        PolicyDocument(
            Compiled(source: source, kind: kind, name: name, statements: statements, indexedFrom: count)
        )
    }

    private init(_ compiled: Compiled) {
        self.compiled = compiled
    }

    /// The text as it was given.
    package var source: String { compiled.source }

    package var kind: PolicyKind { compiled.kind }

    package var name: String? { compiled.name }

    /// The principals named, each once, in their written order.
    package var principals: [PrincipalPattern] {
        var seen: Set<PrincipalPattern> = []
        return compiled.statements.flatMap { $0.principals?.entries ?? [] }.map(\.pattern)
            .filter { seen.insert($0).inserted }
    }

    /// The unique ids noted by ``resolvingPrincipals(_:)``, by ARN, to be stored beside the text.
    package var principalIDs: [String: String] {
        var ids: [String: String] = [:]
        for entry in compiled.statements.flatMap({ $0.principals?.entries ?? [] }) {
            if case .arn(let arn) = entry.pattern { ids[arn] = entry.uniqueID }
        }
        return ids
    }

    /// The same policy, whose user and role ARNs then match only callers of the same unique id.
    ///
    /// Without this, a user deleted and made again under the same name would inherit the old one's access.
    ///
    /// - Parameter uniqueID: the `AIDA…` or `AROA…` id for a user, role or role session ARN; nil leaves the
    ///   ARN to match by name.
    /// - Returns: a policy of the same text.
    package func resolvingPrincipals(_ uniqueID: (String) -> String?) -> PolicyDocument {
        PolicyDocument(
            Compiled(
                source: source,
                kind: kind,
                name: name,
                statements: compiled.statements.map { $0.resolvingPrincipals(uniqueID) },
                indexedFrom: StatementList.indexedFrom
            )
        )
    }

    /// The condition keys that the policy names in conditions and variables, each once.
    package var conditionKeys: [ConditionKey] {
        var seen: Set<ConditionKey> = []
        return statements.flatMap(\.conditionKeys).filter { seen.insert($0).inserted }
    }

    var statements: [Statement] { compiled.statements }

    /// Whether a request's hashes are needed to find statements.
    var isIndexed: Bool { compiled.denials.isIndexed || compiled.allowances.isIndexed }

    /// The first Deny that applies.
    func denial(_ evaluation: Evaluation) -> Statement? { compiled.denials.first(evaluation) }

    /// The Allow that names the caller most closely.
    func allowance(_ evaluation: Evaluation) -> (statement: Statement, match: PrincipalMatch)? {
        compiled.allowances.closest(evaluation)
    }

    func reference(to statement: Statement) -> StatementReference {
        StatementReference(kind: kind, policy: name, index: statement.index, sid: statement.sid)
    }
}

/// Names one statement of one policy, for reasons and explanations.
package struct StatementReference: Hashable, Sendable {
    package let kind: PolicyKind
    /// The policy's name, if it was given one.
    package let policy: String?
    /// Place in the document, from zero.
    package let index: Int
    package let sid: String?
}
