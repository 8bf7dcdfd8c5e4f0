import AWSProtocol
package import Authorization
package import Cryptography
package import Operations
package import Storage
import Synchronization

package import struct Foundation.Date

/// Amazon SNS over a store: topics, subscriptions, and the queue of what is to be delivered.
package final class NotificationService: OperationService {
    package static let eventSource = "sns.amazonaws.com"
    package static let dialect = Dialect.query(.sns)

    let store: any RecordStore
    let principals: any PrincipalDirectory
    private let keyringSource: any KeyringSource
    package let queue: DeliveryQueue
    package let observer: NotificationObserver
    /// Which protocols endpoints may have, and which addresses.
    package let endpoints: EndpointRules
    private let cache = TopicCache()
    private let identity = Mutex<SigningIdentity?>(nil)

    /// A service over a store that seals what it is given.
    package init(
        store: any RecordStore,
        keyring: any KeyringSource,
        principals: any PrincipalDirectory,
        endpoints: EndpointRules,
        observer: NotificationObserver
    ) {
        self.store = store
        keyringSource = keyring
        self.principals = principals
        self.endpoints = endpoints
        self.observer = observer
        queue = DeliveryQueue(store: store)
    }

    var keyring: RootKeyring { keyringSource.current }

    /// Forgets what a change elsewhere has made stale.
    package func invalidate(_ key: RecordKey) {
        switch key.kind {
        case .snsTopic, .snsSubscription:
            if let topic = TopicLocator(recordPath: key.key) { cache.drop(topic) }
        case .snsDue: queue.noteChange()
        default: break
        }
    }

    /// Forgets everything, when changes elsewhere were missed.
    package func invalidateAll() {
        cache.dropAll()
        queue.noteChange()
    }

    /// The key and certificate of envelopes.
    package func signingIdentity(at now: Date) async throws(SNSError) -> SigningIdentity {
        if let known = identity.withLock({ $0 }) { return known }
        let loaded = try await SigningIdentity.load(from: store, keyring: keyring, at: now)
        identity.withLock { $0 = loaded }
        return loaded
    }

    // MARK: Finding topics

    package func resident(_ reference: TopicLocator, for call: Call) throws(SNSError) -> TopicSnapshot? {
        nil
    }

    package func load(_ reference: TopicLocator, for call: Call) async throws(SNSError) -> TopicSnapshot {
        guard let snapshot = try await snapshot(reference) else { throw .topicNotFound(reference) }
        return snapshot
    }

    /// A topic with its policy and subscriptions; nil when there is none.
    func snapshot(_ locator: TopicLocator) async throws(SNSError) -> TopicSnapshot? {
        if let known = cache.snapshot(of: locator) { return known }
        let ticket = cache.beginLoading()
        guard let (topic, version) = try await readTopic(locator) else { return nil }
        let records = try await storing { () async throws(StorageError) in
            try await store.scan(
                .snsSubscription,
                prefix: locator.path + "/",
                after: nil,
                limit: Subscription.perTopicMax
            )
        }
        var subscriptions: [TopicSnapshot.Entry] = []
        for record in records {
            let subscription = try decode(Subscription.self, from: record)
            let filter = try subscription.filterPolicy.map { text throws(SNSError) in
                try FilterPolicy(text, scope: subscription.filterScope)
            }
            subscriptions.append(
                .init(subscription: subscription, version: record.version, filter: filter)
            )
        }
        let snapshot = TopicSnapshot(
            topic: topic,
            version: version,
            policy: try topic.compiledPolicy(),
            entries: subscriptions
        )
        cache.install(snapshot, ticket: ticket)
        return snapshot
    }

    /// A topic as the store has it now.
    func readTopic(_ locator: TopicLocator) async throws(SNSError) -> (topic: Topic, version: Int64)? {
        let record = try await storing { () async throws(StorageError) in
            try await store.read(locator.recordKey)
        }
        guard let record else { return nil }
        return (try decode(Topic.self, from: record), record.version)
    }

    func decode<Value: Decodable>(_ type: Value.Type, from record: Record) throws(SNSError) -> Value {
        do throws(StorageError) {
            return try RecordCoding.decode(type, from: record)
        } catch {
            throw .storage(error)
        }
    }

    func storing<Value>(_ body: () async throws(StorageError) -> Value) async throws(SNSError) -> Value {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .storage(error)
        }
    }

    /// Forgets a topic that was changed here.
    func dropFromMemory(_ topic: TopicLocator) { cache.drop(topic) }
}

/// A topic with all that publishing to it needs, as it was at one moment.
package final class TopicSnapshot: Sendable {
    struct Entry: Sendable {
        let subscription: Subscription
        let version: Int64
        /// Nil for a subscription that wants all messages.
        let filter: FilterPolicy?
    }

    let topic: Topic
    let version: Int64
    let policy: PolicyDocument
    let entries: [Entry]

    init(topic: Topic, version: Int64, policy: PolicyDocument, entries: [Entry]) {
        self.topic = topic
        self.version = version
        self.policy = policy
        self.entries = entries
    }

    func entry(_ id: String) -> Entry? { entries.first { $0.subscription.id == id } }

    /// The permission for an action on the topic.
    func requirement(
        _ action: String,
        own: @escaping @Sendable (ConditionKey) -> ConditionValues? = { _ in nil }
    ) -> Requirement {
        let tags = topic.tags
        return Requirement(
            action,
            on: ProtectedResource(
                arn: topic.locator.arn,
                account: topic.locator.account,
                type: TopicLocator.resourceType,
                policy: policy
            ),
            conditions: OwnConditions { own($0) ?? tags.resourceCondition($0) },
            allowsOtherAccounts: true
        )
    }
}

extension NotificationService {
    /// What an action on a topic is decided by, from the topic's record alone; for questions about access.
    ///
    /// - Returns: nil for text that is no topic's ARN, and for a topic that is not there.
    package static func requirement(
        _ action: String,
        on arn: String,
        in store: any RecordStore
    ) async throws(SNSError) -> Requirement? {
        guard let locator = TopicLocator(arn: arn) else { return nil }
        let topic: Topic
        do throws(StorageError) {
            guard let record = try await store.read(locator.recordKey) else { return nil }
            topic = try RecordCoding.decode(Topic.self, from: record)
        } catch {
            throw .storage(error)
        }
        let policy = try topic.compiledPolicy()
        return TopicSnapshot(topic: topic, version: 0, policy: policy, entries: []).requirement(action)
    }

    /// All kinds of records of this service: what is sealed anew after a rotation of the root key.
    package static let recordKinds: [RecordKind] = [
        .snsTopic, .snsSubscription, .snsDelivery, .snsDue, .snsSigningKey,
    ]
}
