/// Why a request cannot be read: both kinds are common to all services that speak JSON.
package enum InputFailure: Error, Hashable {
    /// The request is not what the protocol asks for: `SerializationException`.
    case serialization(SerializationFault)
    /// Constraints are broken: `ValidationException` with AWS's own text.
    case validation(String)
}

/// What is wrong with the form of a request.
package enum SerializationFault: Hashable, Sendable {
    /// The noun of the type that was expected, as in "a string".
    case expected(String)
    case integerOutOfRange
    case malformedBase64
    case malformedJSON(reason: String)

    /// A sentence for the caller; it never repeats the value.
    package var message: String {
        switch self {
        case .expected(let noun): "A member has the wrong type: expected \(noun)."
        case .integerOutOfRange: "A number is out of the range of a 32-bit integer."
        case .malformedBase64: "A binary member is not valid base64."
        case .malformedJSON(let reason): "The request body is not valid JSON: \(reason)."
        }
    }
}
