package import AWSProtocol
package import Authorization

/// Who would do what to which resource, under which circumstances.
package struct AccessQuestion: Sendable {
    /// As policies name it, such as `kms:Decrypt`.
    package let action: String
    package let resource: ARN
    package let encryptionContext: [String: String]
    /// Values of condition keys that the request would have.
    package let conditions: [ConditionKey: ConditionValues]

    init(
        action: String,
        resource: ARN,
        encryptionContext: [String: String],
        conditions: [ConditionKey: ConditionValues]
    ) {
        self.action = action
        self.resource = resource
        self.encryptionContext = encryptionContext
        self.conditions = conditions
    }

    /// Reads the words of a command; pairs are `NAME=VALUE`, and a name that comes again has several values.
    package init(
        action: String,
        resource: String,
        context: [String] = [],
        conditions: [String] = []
    ) throws(ExplainError) {
        guard action.split(separator: ":", omittingEmptySubsequences: false).count == 2,
            !action.contains("*"),
            !action.hasPrefix(":"), !action.hasSuffix(":")
        else { throw .question("'\(action)' is not an action, such as kms:Decrypt.") }
        guard let arn = ARN(resource) else { throw .question("'\(resource)' is not an ARN.") }
        self.action = action
        self.resource = arn
        var pairs: [String: String] = [:]
        for text in context {
            let (name, value) = try Self.pair(text)
            guard pairs.updateValue(value, forKey: name) == nil else {
                throw .question("The encryption context has '\(name)' twice.")
            }
        }
        encryptionContext = pairs
        var values: [ConditionKey: [String]] = [:]
        for text in conditions {
            let (name, value) = try Self.pair(text)
            guard let key = ConditionKey(parsing: name) else {
                throw .question("'\(name)' is not a condition key, such as aws:SourceIp.")
            }
            values[key, default: []].append(value)
        }
        self.conditions = values.mapValues { $0.count == 1 ? .single($0[0]) : .multiple($0) }
    }

    private static func pair(_ text: String) throws(ExplainError) -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw .question("'\(text)' is not NAME=VALUE.")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}

/// Why a question about access has no answer.
package enum ExplainError: Error, CustomStringConvertible {
    case question(String)
    case absent(String)
    case failed(String)

    package var description: String {
        switch self {
        case .question(let sentence), .absent(let sentence), .failed(let sentence): sentence
        }
    }
}
