import AWSProtocol

import struct Foundation.Date

/// Where the messages of a topic go.
struct Subscription: Hashable, Sendable, Codable {
    /// How messages are brought.
    enum Channel: String, Hashable, Sendable, Codable, CaseIterable {
        case http
        case https
        case email
        case emailJSON = "email-json"

        var isEmail: Bool { self == .email || self == .emailJSON }
    }

    /// What a filter policy is held against.
    enum FilterScope: String, Hashable, Sendable, Codable {
        case attributes = "MessageAttributes"
        case body = "MessageBody"
    }

    /// A random UUID, which nobody can guess.
    let id: String
    let topic: TopicLocator
    /// The account of who subscribed.
    let owner: AccountID
    let channel: Channel
    let endpoint: String
    var isConfirmed = false
    /// Whether a caller of the owner's account confirmed it, signed.
    var wasConfirmedSigned = false
    /// Whether only a signed call may end it.
    var needsSignedUnsubscribe = false
    var isRaw = false
    var filterPolicy: String?
    var filterScope = FilterScope.attributes
    /// The JSON of the `DeliveryPolicy` attribute.
    var deliveryPolicy: String?
    let createdAt: Date

    var locator: SubscriptionLocator { SubscriptionLocator(topic: topic, id: id) }

    /// Subscriptions of one topic: all deliveries of a message are committed at once.
    static let perTopicMax = 400
    /// How long a subscription waits to be confirmed (SNS API Reference, Subscribe).
    static let pendingSecondsMax = 48.0 * 3600
}

/// Where a subscription lies.
package struct SubscriptionLocator: Hashable, Sendable, Codable {
    package let topic: TopicLocator
    package let id: String

    package var arn: String { "\(topic.arn):\(id)" }

    init(topic: TopicLocator, id: String) {
        self.topic = topic
        self.id = id
    }

    /// The locator in the ARN of a subscription; nil for any other text.
    init?(arn text: String) {
        guard let colon = text.lastIndex(of: ":"), let topic = TopicLocator(arn: String(text[..<colon])),
            EventID(String(text[text.index(after: colon)...])) != nil
        else { return nil }
        self.init(topic: topic, id: String(text[text.index(after: colon)...]))
    }
}
