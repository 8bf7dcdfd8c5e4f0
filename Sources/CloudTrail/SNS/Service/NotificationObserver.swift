/// Told of what an operator wants to know; nothing of it holds a message or a secret.
package struct NotificationObserver: Sendable {
    /// A rule's event did not get to its target, and will not: rule, target, reason.
    package var ruleTargetFailed: @Sendable (String, String, _ reason: String) -> Void
    /// A delivery has arrived.
    package var delivered: @Sendable (String) -> Void
    /// An attempt failed that will be repeated: subscription, reason.
    package var attemptFailed: @Sendable (String, _ reason: String) -> Void
    /// A delivery is given up: subscription, message, reason.
    package var givenUp: @Sendable (String, String, _ reason: String) -> Void

    package init(
        ruleTargetFailed: @escaping @Sendable (String, String, String) -> Void = { _, _, _ in },
        delivered: @escaping @Sendable (String) -> Void = { _ in },
        attemptFailed: @escaping @Sendable (String, String) -> Void = { _, _ in },
        givenUp: @escaping @Sendable (String, String, String) -> Void = { _, _, _ in }
    ) {
        self.ruleTargetFailed = ruleTargetFailed
        self.delivered = delivered
        self.attemptFailed = attemptFailed
        self.givenUp = givenUp
    }
}
