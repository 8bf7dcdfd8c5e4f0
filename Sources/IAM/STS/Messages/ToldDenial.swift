import AWSProtocol
import Authorization
import Operations

/// The part of a denial that concerns the account of its caller, in the form of AWS's authorization messages.
///
/// Of a resource of another account it says what the caller sees too, and nothing of the policies on it.
struct ToldDenial {
    /// The caller's account; that of the resource where the caller has none.
    let account: String

    private let denial: Denial
    private let explanation: Explanation
    private let isResourceOwn: Bool

    init(_ denial: Denial, _ explanation: Explanation) {
        self.denial = denial
        self.explanation = explanation
        let owner = denial.requirement.resource.account.description
        account = denial.call.caller.account ?? owner
        isResourceOwn = account == owner
    }

    /// The message; what does not fit is left out, statements first.
    ///
    /// The rest always fits: names and ARNs are shorter than 2,048 bytes.
    func json(bytesMax: Int) -> [UInt8] {
        let conditions = context.map { key, values in Self.item(key, values) }
        let statements = matched.map(item)
        let bare = render([], []).count
        let kept = Self.fitting(conditions, in: bytesMax - bare)
        let room = bytesMax - bare - kept.reduce(0) { $0 + $1.count + 1 }
        return render(Self.fitting(statements, in: room), kept)
    }

    /// As many of the first items as fit, each with a comma.
    private static func fitting(_ items: [[UInt8]], in room: Int) -> [[UInt8]] {
        var left = room
        return Array(
            items.prefix { item in
                left -= item.count + 1
                return left >= 0
            }
        )
    }
}

// MARK: What is told

extension ToldDenial {
    /// The ARN, unless the caller was kept from learning it and it is none of the account's own.
    private var resource: String {
        let arn = denial.requirement.resource.arn
        let isTold = denial.requirement.concealingDenial?.contains(arn) ?? true
        return isResourceOwn || isTold ? arn : "*"
    }

    private var isExplicit: Bool {
        guard case .denied(.explicitDeny(let statement)) = explanation.decision else { return false }
        return concerns(statement.kind) || denial.requirement.concealingDenial == nil
    }

    /// The statements that apply to the request, those that deny first.
    private var matched: [(finding: StatementFinding, text: JSON?)] {
        let policies = explanation.policies.filter { concerns($0.kind) }
        let found = policies.flatMap { policy in
            let written = Self.statements(of: policy.source)
            return policy.statements.filter(\.applies).map { finding in
                let index = finding.statement.index
                return (finding, written.indices.contains(index) ? written[index] : nil)
            }
        }
        return found.filter { $0.0.effect == .deny } + found.filter { $0.0.effect == .allow }
    }

    private var context: [(key: String, values: [String])] {
        let asked = explanation.policies.filter { concerns($0.kind) }
            .flatMap(\.statements).filter(\.matchesAction)
            .flatMap(\.conditions).map(\.key)
        return denial.context(withKeysOfService: isResourceOwn, and: asked)
    }

    private func concerns(_ kind: PolicyKind) -> Bool {
        switch kind {
        case .identity, .boundary, .session: true
        case .key, .resource, .trust: isResourceOwn
        }
    }

    /// The statements of a policy as they were written; a policy that decided is one that can be read.
    private static func statements(of source: String) -> [JSON] {
        do throws(JSONError) {
            let statement = try JSON.parse(source)["Statement"]
            return statement?.elements ?? statement.map { [$0] } ?? []
        } catch {
            return []
        }
    }
}

// MARK: Wire

extension ToldDenial {
    private func render(_ statements: [[UInt8]], _ conditions: [[UInt8]]) -> [UInt8] {
        var writer = JSONWriter()
        let caller = denial.call.caller
        writer.beginObject()
        writer.name("allowed")
        writer.bool(false)
        writer.name("explicitDeny")
        writer.bool(isExplicit)
        writer.items("matchedStatements", statements)
        writer.items("failures", [])
        writer.name("context")
        writer.beginObject()
        writer.name("principal")
        writer.beginObject()
        writer.member("id", caller.uniqueID)
        writer.member("arn", caller.arn)
        writer.endObject()
        writer.member("action", denial.requirement.action)
        writer.member("resource", resource)
        writer.items("conditions", conditions)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    private func item(_ finding: StatementFinding, _ text: JSON?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("statementId", finding.statement.sid ?? "")
        writer.member("effect", finding.effect == .deny ? "DENY" : "ALLOW")
        if finding.principal == nil {
            // A policy that names no principals speaks of the one whose it is.
            let owner = denial.call.caller.uniqueID.prefix { $0 != ":" }
            writer.values("principals", [String(owner)])
        } else {
            writer.element("principals", "Principal", of: text)
        }
        writer.items("principalGroups", [])
        writer.element("actions", "Action", of: text)
        writer.element("resources", "Resource", of: text)
        writer.items(
            "conditions",
            finding.conditions.map { Self.item($0.key, $0.policyValues, operator: $0.conditionOperator) }
        )
        writer.endObject()
        return writer.bytes
    }

    private static func item(_ key: String, _ values: [String], operator: String? = nil) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if let `operator` { writer.member("operator", `operator`) }
        writer.member("key", key)
        writer.values("values", values)
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: String, _ text: String) {
        self.name(name)
        string(text)
    }

    fileprivate mutating func items(_ name: String, _ items: [[UInt8]]) {
        self.name(name)
        beginObject()
        self.name("items")
        beginArray()
        for item in items { raw(item) }
        endArray()
        endObject()
    }

    fileprivate mutating func values(_ name: String, _ values: [String]) {
        items(
            name,
            values.map { value in
                var writer = JSONWriter()
                writer.beginObject()
                writer.member("value", value)
                writer.endObject()
                return writer.bytes
            }
        )
    }

    /// An element of a statement, or its opposite: `Action` becomes `actions`, `NotAction` becomes `notActions`.
    fileprivate mutating func element(_ name: String, _ element: String, of statement: JSON?) {
        if let value = statement?["Not" + element] {
            let capital = name.prefix(1).uppercased() + name.dropFirst()
            values("not" + capital, Self.texts(in: value))
        } else {
            values(name, statement?[element].map(Self.texts) ?? [])
        }
    }

    /// The texts of a value: itself, or those in a list or in the members of an object.
    private static func texts(in value: JSON) -> [String] {
        switch value {
        case .string(let text): [text.text]
        case .array(let elements): elements.flatMap(texts)
        case .object(let object): object.members.flatMap { texts(in: $0.value) }
        case .null, .bool, .number: []
        }
    }
}
