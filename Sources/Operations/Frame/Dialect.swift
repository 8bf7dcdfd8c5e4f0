package import AWSProtocol

/// How a service of operations speaks: what the frame's own answers and errors look like.
package enum Dialect: Hashable, Sendable {
    /// AWS JSON 1.1.
    case json
    /// The Query protocol in the namespace of a service.
    case query(AWSService)

    package var family: WireProtocol {
        switch self {
        case .json: .json
        case .query: .query
        }
    }
}

extension WireError {
    /// The same error under the name that a service has for it.
    ///
    /// SNS calls a denial by a name of its own (SNS API Reference, "Common Errors" and each operation's errors).
    func named(in dialect: Dialect) -> WireError {
        if dialect == .query(.sns), code == "AccessDeniedException" {
            return WireError(code: "AuthorizationError", message: message, httpStatus: 403)
        }
        return named(in: dialect.family)
    }
}
