import AWSProtocol
import Foundation
import Storage

/// One message on its way to one endpoint, as it is stored until it has arrived.
struct Delivery: Hashable, Sendable, Codable {
    /// The `Type` of the envelope.
    enum Kind: String, Hashable, Sendable, Codable {
        case notification = "Notification"
        case subscriptionConfirmation = "SubscriptionConfirmation"
        case unsubscribeConfirmation = "UnsubscribeConfirmation"
    }

    let id: String
    let kind: Kind
    let subscription: SubscriptionLocator
    let channel: Subscription.Channel
    let endpoint: String
    let messageID: String
    let subject: String?
    /// UTF-8; base64 in the record, where the worst text would grow six times.
    let message: Data
    let attributes: [MessageAttribute]
    let isRaw: Bool
    let createdAt: Date

    var text: String { String(decoding: message, as: UTF8.self) }

    init(
        _ kind: Kind,
        of message: PublishedMessage,
        to subscription: Subscription,
        at now: Date
    ) {
        id = EventID.random().description
        self.kind = kind
        self.subscription = subscription.locator
        channel = subscription.channel
        endpoint = subscription.endpoint
        messageID = message.id
        subject = message.subject
        self.message = Data(message.text(for: subscription.channel).utf8)
        attributes = message.attributes
        isRaw = subscription.isRaw && kind == .notification
        createdAt = now
    }

    /// A delivery that has waited longer is given up, whatever its schedule says.
    static let ageSecondsMax = 86_400.0
}

/// When a delivery is due: what the workers walk.
struct DueDelivery: Hashable, Sendable {
    let date: Date
    let subscriptionID: String
    let deliveryID: String
    /// How often it was tried.
    var attempts: Int

    /// Sorts by date: milliseconds since 1970 in fifteen digits.
    var recordKey: RecordKey {
        RecordKey(.snsDue, "\(Digits.milliseconds(of: date))/\(subscriptionID)/\(deliveryID)")
    }

    var value: [UInt8] { Array(String(attempts).utf8) }

    init(_ delivery: Delivery, at date: Date) {
        self.init(date: date, subscriptionID: delivery.subscription.id, deliveryID: delivery.id, attempts: 0)
    }

    private init(date: Date, subscriptionID: String, deliveryID: String, attempts: Int) {
        self.date = date
        self.subscriptionID = subscriptionID
        self.deliveryID = deliveryID
        self.attempts = attempts
    }

    /// Nil for a record that is none.
    init?(_ record: Record) {
        let parts = record.key.key.split(separator: "/")
        guard parts.count == 3, let milliseconds = Int(parts[0]),
            let attempts = Int(String(decoding: record.value, as: UTF8.self))
        else { return nil }
        self.init(
            date: Date(timeIntervalSince1970: Double(milliseconds) / 1_000),
            subscriptionID: String(parts[1]),
            deliveryID: String(parts[2]),
            attempts: attempts
        )
    }

    /// The same delivery at another time.
    func moved(to date: Date, attempts: Int) -> DueDelivery {
        DueDelivery(date: date, subscriptionID: subscriptionID, deliveryID: deliveryID, attempts: attempts)
    }

    var deliveryKey: RecordKey { RecordKey(.snsDelivery, deliveryID) }
}

extension Delivery {
    var recordKey: RecordKey { RecordKey(.snsDelivery, id) }

    /// The writes that put the delivery into the queue.
    func queueing(at date: Date) throws(StorageError) -> [Write] {
        let due = DueDelivery(self, at: date)
        return [
            .put(recordKey, try RecordCoding.encode(self), expecting: .any),
            .put(due.recordKey, due.value, expecting: .any),
        ]
    }
}

/// The kinds of records SNS keeps and how each is keyed.
extension RecordKind {
    /// `account/region/name`: a `Topic`.
    static let snsTopic = RecordKind("sns.topic")
    /// `account/region/topic/id`: a `Subscription`.
    static let snsSubscription = RecordKind("sns.subscription")
    /// `id`: a `Delivery` that has not arrived yet.
    static let snsDelivery = RecordKind("sns.delivery")
    /// `millisecond/subscription-id/delivery-id`: how often it was tried; what the workers walk.
    static let snsDue = RecordKind("sns.due")
    /// `current`: the key that signs envelopes.
    static let snsSigningKey = RecordKind("sns.signing-key")
}

extension TopicLocator {
    var path: String { "\(account)/\(region)/\(name)" }
    var recordKey: RecordKey { RecordKey(.snsTopic, path) }

    /// The locator in the first three parts of a record's key.
    init?(recordPath: String) {
        let parts = recordPath.split(separator: "/")
        guard parts.count >= 3, let account = AccountID(String(parts[0])),
            let region = Region(String(parts[1]))
        else { return nil }
        self.init(account: account, region: region, name: String(parts[2]))
    }
}

extension SubscriptionLocator {
    var recordKey: RecordKey { RecordKey(.snsSubscription, "\(topic.path)/\(id)") }
}
