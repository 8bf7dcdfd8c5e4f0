import AWSProtocol
import Authorization
import Operations
import Storage

import struct Foundation.Date

extension NotificationService {
    /// Queues a message for the subscribers that want it; when this returns it will be delivered.
    func publish(
        _ messages: [PublishedMessage],
        to topic: TopicSnapshot,
        at now: Date
    ) async throws(SNSError) {
        guard !queue.isFull else { throw .throttled }
        for message in messages {
            var deliveries: [Delivery] = []
            for entry in topic.entries where entry.subscription.isConfirmed {
                guard entry.filter?.accepts(message) ?? true else { continue }
                guard !queue.isFull(for: entry.subscription.id) else {
                    observer.givenUp(
                        entry.subscription.locator.arn,
                        message.id,
                        "too many messages wait for the endpoint"
                    )
                    continue
                }
                deliveries.append(Delivery(.notification, of: message, to: entry.subscription, at: now))
            }
            try await storing { () async throws(StorageError) in
                try await queue.put(deliveries, at: now)
            }
        }
    }

    /// Publishes what a rule of EventBridge sends, if the topic's policy lets it.
    ///
    /// The rule's account stands as the source of the request, so that the policy that a new topic has allows
    /// the rules of its own account, and every other policy decides for itself.
    func publish(
        _ message: PublishedMessage,
        to target: String,
        onBehalfOf rule: RuleLocator,
        at now: Date
    ) async throws(SNSError) {
        guard let locator = TopicLocator(arn: target) else { throw .invalidParameter("TopicArn") }
        guard let topic = try await snapshot(locator) else { throw .topicNotFound(locator) }
        let caller = Caller.service(EventBridgeService.eventSource)
        let account = rule.account.description
        let decision = Authorizer.decide(
            AuthorizationRequest(
                caller: caller,
                action: "sns:Publish",
                resource: locator.arn,
                resourceAccount: locator.account.description,
                resourcePolicy: topic.policy,
                delegation: .notRequired,
                allowsCrossAccount: true,
                context: DictionaryContext(
                    [
                        "aws:SourceArn": .single(rule.arn), "aws:SourceAccount": .single(account),
                        "aws:SourceOwner": .single(account), "aws:SecureTransport": .single("true"),
                        "aws:RequestedRegion": .single(rule.region.description),
                    ],
                    epochSeconds: Int64(now.timeIntervalSince1970)
                )
            )
        )
        guard decision.isAllowed else {
            throw .authorization(
                decision.accessDeniedMessage(caller: caller, action: "sns:Publish", resource: locator.arn)
                    ?? ""
            )
        }
        guard message.byteCount <= PublishedMessage.bytesMax else {
            throw .invalidParameter("Message too long")
        }
        try await publish([message], to: topic, at: now)
    }
}
