/// What brings messages to their endpoints.
package protocol NotificationSender: Sendable {
    /// Posts a body to an HTTP endpoint.
    func post(
        _ body: [UInt8],
        headers: [(name: String, value: String)],
        to url: EndpointURL
    ) async -> SendOutcome

    /// Sends a mail.
    func mail(_ mail: NotificationMail) async -> SendOutcome
}

/// What became of an attempt.
package enum SendOutcome: Hashable, Sendable {
    case delivered
    /// The reason is for the log, and not to be shown to callers: it would tell of the server's network.
    case failed(reason: String)
}

/// A mail to one address.
package struct NotificationMail: Hashable, Sendable {
    package let recipient: String
    package let subject: String
    package let body: String
    package let messageID: String
}
