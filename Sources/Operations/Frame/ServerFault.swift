package import AWSProtocol

/// A failure that is nobody's fault but the server's, for its operator: the caller learns only that it was.
package struct ServerFault: Hashable, Sendable {
    /// The operation or step that failed, as in `kms:Encrypt`.
    package let step: String
    /// Nil where no request is concerned.
    package let requestID: RequestID?
    /// What failed; errors of this kind name records and files, never what is in them.
    package let reason: String

    package init(step: String, requestID: RequestID?, reason: String) {
        self.step = step
        self.requestID = requestID
        self.reason = reason
    }
}
