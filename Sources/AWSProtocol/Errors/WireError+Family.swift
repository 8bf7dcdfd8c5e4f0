extension WireError {
    /// The same error under the name and status that a family of protocols has for it.
    ///
    /// Errors common to all services are made with the names of the JSON protocol; the Query protocol's differ.
    /// Source: the "Common Errors" pages of the API references of KMS and IAM.
    package func named(in family: WireProtocol) -> WireError {
        guard family == .query, let (name, status) = Self.queryNames[code] else { return self }
        return WireError(code: name, message: message, httpStatus: status)
    }

    private static let queryNames: [String: (code: String, httpStatus: Int)] = [
        "AccessDeniedException": ("AccessDenied", 403),
        "SerializationException": ("MalformedInput", 400),
        "ServiceUnavailableException": ("ServiceUnavailable", 503),
        "ThrottlingException": ("Throttling", 400),
        "UnknownOperationException": ("InvalidAction", 400),
        "ValidationException": ("ValidationError", 400),
    ]
}
