/// Turns the text of a policy into compiled statements, or says what is wrong with it.
///
/// Source: IAM User Guide, "Grammar of the IAM JSON policy language"; KMS Developer Guide, "Key policy format".
enum PolicyParser {
    private static let version2008 = "2008-10-17"
    private static let version2012 = "2012-10-17"

    static func statements(of text: String, as kind: PolicyKind) throws(PolicyError) -> [Statement] {
        guard text.utf8.count <= kind.textBytesMax else { throw .tooLong(bytesMax: kind.textBytesMax) }
        if kind == .key { try checkCharacters(text) }
        let document = try PolicyElement.object(try read(text), "Policy")
        try PolicyElement.checkNames(document, known: ["Version", "Id", "Statement"])
        let variables = try takesVariables(document)
        if let id = PolicyElement.member("Id", document) { _ = try PolicyElement.string(id, "Id") }
        guard let node = PolicyElement.member("Statement", document) else {
            throw .missingElement("Statement")
        }

        var statements: [Statement] = []
        var sids: Set<String> = []
        for element in PolicyElement.list(node) {
            let parser = StatementParser(
                members: try PolicyElement.object(element, "Statement"),
                kind: kind,
                variables: variables
            )
            let statement = try parser.statement(at: statements.count)
            if !kind.namesPrincipals, let sid = statement.sid, !sid.isEmpty, !sids.insert(sid).inserted {
                throw .duplicateSid(sid)
            }
            statements.append(statement)
        }
        return statements
    }

    private static func read(_ text: String) throws(PolicyError) -> JSONNode {
        do {
            return try JSONReader.read(text)
        } catch {
            throw .invalidJSON(error)
        }
    }

    /// Whether `${…}` is a variable: only in version 2012-10-17; without a Version the older one holds.
    private static func takesVariables(_ document: [JSONNode.Member]) throws(PolicyError) -> Bool {
        guard let node = PolicyElement.member("Version", document) else { return false }
        let version = try PolicyElement.string(node, "Version")
        guard version == version2012 || version == version2008 else { throw .unsupportedVersion(version) }
        return version == version2012
    }

    private static func checkCharacters(_ text: String) throws(PolicyError) {
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x20...0xFF: break
            default: throw .invalidCharacter(scalar)
            }
        }
    }
}

/// Readers for the shapes that policy elements share.
enum PolicyElement {
    static func member(_ name: String, _ members: [JSONNode.Member]) -> JSONNode? {
        members.first { sameBytes($0.name, name) }?.value
    }

    static func checkNames(_ members: [JSONNode.Member], known: Set<String>) throws(PolicyError) {
        for member in members where !known.contains(member.name) { throw .unknownElement(member.name) }
    }

    static func object(_ node: JSONNode, _ element: String) throws(PolicyError) -> [JSONNode.Member] {
        guard case .object(let members) = node else { throw .wrongType(element: element) }
        return members
    }

    static func string(_ node: JSONNode, _ element: String) throws(PolicyError) -> String {
        guard case .string(let text) = node else { throw .wrongType(element: element) }
        return text
    }

    /// One value stands for a list of it.
    static func list(_ node: JSONNode) -> [JSONNode] {
        if case .array(let nodes) = node { nodes } else { [node] }
    }

    /// A string or a list of strings; an empty list is refused, since what it means depends on the reader.
    static func strings(_ node: JSONNode, _ element: String) throws(PolicyError) -> [String] {
        var strings: [String] = []
        for node in list(node) { strings.append(try string(node, element)) }
        guard !strings.isEmpty else { throw .wrongType(element: element) }
        return strings
    }

    /// Condition values, which may also be numbers and Booleans.
    static func scalars(_ node: JSONNode, _ element: String) throws(PolicyError) -> [String] {
        var scalars: [String] = []
        for node in list(node) {
            switch node {
            case .string(let text), .number(let text): scalars.append(text)
            case .bool(let value): scalars.append(value ? "true" : "false")
            case .object, .array, .null: throw .wrongType(element: element)
            }
        }
        guard !scalars.isEmpty else { throw .wrongType(element: element) }
        return scalars
    }
}
