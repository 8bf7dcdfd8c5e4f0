/// Why a text is not a policy of the kind asked for.
package enum PolicyError: Error, Hashable, Sendable {
    case tooLong(bytesMax: Int)
    /// A character outside \u0009, \u000A, \u000D and \u0020–\u00FF in a key policy.
    case invalidCharacter(Unicode.Scalar)
    case invalidJSON(JSONFault)
    case unsupportedVersion(String)
    case unknownElement(String)
    case missingElement(String)
    /// An element of a JSON type that it cannot have, or an empty list where something is needed.
    case wrongType(element: String)
    /// An element that this kind of policy must not have, such as Principal in an identity policy.
    case prohibitedElement(String)
    /// An element together with its negation.
    case conflictingElements(String, String)
    case invalidEffect(String)
    case invalidSid(String)
    case duplicateSid(String)
    case invalidPrincipal(String)
    /// NotPrincipal with Allow would let in everyone not thought of; AWS refuses it too.
    case notPrincipalWithAllow
    case invalidAction(String)
    case invalidResource(String)
    case unknownOperator(String)
    case invalidConditionKey(String)
    case invalidConditionValue(conditionOperator: String, value: String)
    case invalidVariable(String)
}

extension PolicyError: CustomStringConvertible {
    /// A sentence for the author of the policy.
    package var description: String {
        switch self {
        case .tooLong(let bytesMax): "The policy is longer than \(bytesMax) bytes."
        case .invalidCharacter(let scalar):
            "The policy has the character U+\(String(scalar.value, radix: 16, uppercase: true)), "
                + "which a key policy cannot have."
        case .invalidJSON(let fault): "The policy is not valid JSON: \(fault.sentence)"
        case .unsupportedVersion(let version): "The policy has the unsupported Version \(version)."
        case .unknownElement(let name): "The policy has the unknown element \(name)."
        case .missingElement(let name): "The policy has a statement or document without \(name)."
        case .wrongType(let element): "The value of \(element) is of a type it cannot have."
        case .prohibitedElement(let name): "Policy document should not specify \(name)."
        case .conflictingElements(let left, let right):
            "The policy has a statement with both \(left) and \(right)."
        case .invalidEffect(let text): "Effect must be Allow or Deny, not \(text)."
        case .invalidSid(let sid): "The statement id \(sid) has characters it cannot have."
        case .duplicateSid(let sid): "Statement IDs (SID) in a single policy must be unique: \(sid)."
        case .invalidPrincipal: "Policy contains a statement with one or more invalid principals."
        case .notPrincipalWithAllow: "NotPrincipal must be used with Effect Deny."
        case .invalidAction(let action): "The action \(action) is not service:operation or *."
        case .invalidResource(let resource): "Resource \(resource) must be in ARN format or \"*\"."
        case .unknownOperator(let name): "The condition operator \(name) does not exist."
        case .invalidConditionKey(let key): "The condition key \(key) has no service prefix."
        case .invalidConditionValue(let conditionOperator, let value):
            "The value \(value) cannot be used with \(conditionOperator)."
        case .invalidVariable(let text): "The policy variable in \(text) is not well-formed."
        }
    }
}

extension JSONFault {
    fileprivate var sentence: String {
        switch self {
        case .unexpectedByte(let offset): "unexpected character at byte \(offset)."
        case .unexpectedEnd: "the text ends too early."
        case .invalidEscape(let offset): "invalid escape at byte \(offset)."
        case .duplicateMember(let name): "the member \(name) occurs twice."
        case .tooDeep(let depthMax): "nesting is deeper than \(depthMax)."
        }
    }
}
