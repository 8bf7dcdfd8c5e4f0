import Storage

import struct Foundation.Date

/// Changes to topics and subscriptions, each one atomic commit.
extension NotificationService {
    /// How often a change that met another is tried again.
    private static let attemptsMax = 8

    /// Changes a topic.
    ///
    /// - Throws: `.topicNotFound` when it is gone.
    func change(
        _ locator: TopicLocator,
        _ body: (inout Topic) throws(SNSError) -> Void
    ) async throws(SNSError) {
        for _ in 0..<Self.attemptsMax {
            guard let (topic, version) = try await readTopic(locator) else { throw .topicNotFound(locator) }
            var changed = topic
            try body(&changed)
            if changed == topic { return }
            let isDone = try await committed { () throws(StorageError) in
                [.put(locator.recordKey, try RecordCoding.encode(changed), expecting: .version(version))]
            }
            dropFromMemory(locator)
            if isDone { return }
        }
        throw .concurrentAccess
    }

    /// Changes a subscription; `body` gives deliveries to be queued with the change.
    ///
    /// - Throws: `.subscriptionNotFound` when it is gone.
    @discardableResult
    func change(
        _ locator: SubscriptionLocator,
        _ body: (inout Subscription) throws(SNSError) -> Void
    ) async throws(SNSError) -> Subscription {
        for _ in 0..<Self.attemptsMax {
            let record = try await storing { () async throws(StorageError) in
                try await store.read(locator.recordKey)
            }
            guard let record else { throw .subscriptionNotFound }
            let subscription = try decode(Subscription.self, from: record)
            var changed = subscription
            try body(&changed)
            if changed == subscription { return subscription }
            let isDone = try await committed { () throws(StorageError) in
                [
                    .put(
                        locator.recordKey,
                        try RecordCoding.encode(changed),
                        expecting: .version(record.version)
                    )
                ]
            }
            dropFromMemory(locator.topic)
            if isDone { return changed }
        }
        throw .concurrentAccess
    }

    /// Whether the writes were done; not when somebody else was first.
    func committed(_ writes: () throws(StorageError) -> [Write]) async throws(SNSError) -> Bool {
        do throws(StorageError) {
            _ = try await store.commit(try writes())
            return true
        } catch .conflict {
            return false
        } catch {
            throw .storage(error)
        }
    }

    /// Removes subscriptions that were not confirmed in time.
    func removeUnconfirmed(at now: Date) async throws(SNSError) {
        var after: String?
        while true {
            let page = try await storing { [after] () async throws(StorageError) in
                try await store.scan(.snsSubscription, prefix: "", after: after, limit: Self.pageSize)
            }
            for record in page {
                let subscription = try decode(Subscription.self, from: record)
                let age = now.timeIntervalSince(subscription.createdAt)
                guard !subscription.isConfirmed, age > Subscription.pendingSecondsMax else { continue }
                _ = try await committed { () throws(StorageError) in
                    [.delete(record.key, expecting: .version(record.version))]
                }
                dropFromMemory(subscription.topic)
            }
            guard page.count == Self.pageSize else { return }
            after = page.last?.key.key
        }
    }

    private static let pageSize = 500
}
