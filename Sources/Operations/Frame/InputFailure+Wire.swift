package import AWSProtocol

extension InputFailure {
    /// The error of the JSON protocol that tells the caller what is wrong.
    package var wire: WireError {
        switch self {
        case .serialization(let fault):
            WireError(code: "SerializationException", message: fault.message, httpStatus: 400)
        case .validation(let message):
            WireError(code: "ValidationException", message: message, httpStatus: 400)
        }
    }
}

extension WireError {
    /// A denial in AWS's words.
    package static func accessDenied(_ message: String?) -> WireError {
        WireError(code: "AccessDeniedException", message: message, httpStatus: 400)
    }

    /// The answer when the audit log cannot be written: no audit, no operation.
    ///
    /// Clients may retry.
    package static let auditUnavailable = WireError(
        code: "ServiceUnavailableException",
        message: "The audit log cannot be written, so the request was refused.",
        httpStatus: 503
    )
}
