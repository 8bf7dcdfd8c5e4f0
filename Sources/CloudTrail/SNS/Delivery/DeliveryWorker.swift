import AWSProtocol
import Cryptography
import Storage
import Synchronization

package import struct Foundation.Date

/// Brings what is due to its endpoints.
package final class DeliveryWorker: Sendable {
    /// Attempts under way at the same time: in all, and to one endpoint.
    static let attemptsMax = 32
    static let attemptsPerSubscriptionMax = 4

    private let service: NotificationService
    private let sender: any NotificationSender
    /// Of the AWS door, without a slash at its end; nil before it is open.
    private let baseURL: @Sendable () -> String?
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    private struct State {
        var underWay = 0
        var underWayBySubscription: [String: Int] = [:]
        /// Endpoints that failed last, and until when they are left alone.
        var failing: [String: Date] = [:]
    }

    package init(
        _ service: NotificationService,
        sender: any NotificationSender,
        baseURL: @escaping @Sendable () -> String?,
        now: @escaping @Sendable () -> Date
    ) {
        self.service = service
        self.sender = sender
        self.baseURL = baseURL
        self.now = now
    }

    /// Whether a run would find something; costs no reading.
    package var hasWork: Bool { baseURL() != nil && service.queue.mayHaveDue(at: now()) }

    /// Delivers what is due now and waits for the attempts to end.
    package func run() async throws(SNSError) {
        let attempts = Mutex<[@Sendable () async -> Void]>([])
        try await dispatch { attempt in attempts.withLock { $0.append(attempt) } }
        await withTaskGroup { group in
            for attempt in attempts.withLock({ $0 }) { group.addTask { await attempt() } }
        }
    }

    /// Gives `start` an attempt for each delivery that is due now; it waits for none of them.
    package func dispatch(
        _ start: (@escaping @Sendable () async -> Void) -> Void
    ) async throws(SNSError) {
        guard let baseURL = baseURL() else { return }
        let moment = now()
        let found = try await service.storing { () async throws(StorageError) in
            try await service.queue.due(at: moment)
        }
        var postponed: [Date: [(due: DueDelivery, version: Int64)]] = [:]
        var taken: [(due: DueDelivery, version: Int64)] = []
        for entry in found {
            switch admit(entry.due, at: moment) {
            case .now: taken.append(entry)
            case .later(let date): postponed[date, default: []].append(entry)
            case .inAMoment: service.queue.noteChange()
            }
        }
        for (date, entries) in postponed {
            try await service.storing { () async throws(StorageError) in
                try await service.queue.postpone(entries, to: date)
            }
        }
        for entry in taken {
            start { [self] in
                await attempt(entry.due, version: entry.version, baseURL)
                release(entry.due)
            }
        }
    }

    /// Counts what waits, and removes subscriptions that nobody confirmed.
    package func tidyUp() async throws(SNSError) {
        try await service.storing { () async throws(StorageError) in try await service.queue.count() }
        try await service.removeUnconfirmed(at: now())
    }

    private enum Admission {
        case now
        case later(Date)
        case inAMoment
    }

    private func admit(_ due: DueDelivery, at moment: Date) -> Admission {
        state.withLock { state in
            let id = due.subscriptionID
            if let until = state.failing[id] {
                if until > moment { return .later(until) }
                // One goes ahead and finds out; the others wait a little for what it finds.
                guard state.underWayBySubscription[id, default: 0] == 0 else {
                    return .later(moment.addingTimeInterval(1))
                }
            }
            guard state.underWay < Self.attemptsMax,
                state.underWayBySubscription[id, default: 0] < Self.attemptsPerSubscriptionMax
            else { return .inAMoment }
            state.underWay += 1
            state.underWayBySubscription[id, default: 0] += 1
            return .now
        }
    }

    private func release(_ due: DueDelivery) {
        state.withLock { state in
            state.underWay -= 1
            let count = state.underWayBySubscription[due.subscriptionID, default: 1] - 1
            state.underWayBySubscription[due.subscriptionID] = count > 0 ? count : nil
        }
    }

    private func attempt(_ due: DueDelivery, version: Int64, _ baseURL: String) async {
        do throws(SNSError) {
            let taken = try await service.storing { () async throws(StorageError) in
                try await service.queue.take(due, version: version, at: now())
            }
            guard let (leased, delivery) = taken else { return }
            guard let (entry, topic) = try await wanted(delivery) else {
                return try await remove(leased)
            }
            switch try await send(delivery, of: topic, baseURL) {
            case .delivered:
                state.withLock { $0.failing[due.subscriptionID] = nil }
                try await remove(leased)
                service.observer.delivered(delivery.subscription.arn)
            case .failed(let reason):
                try await noteFailure(of: delivery, leased, schedule(entry, topic), reason)
            }
        } catch {
            // The lease ends, and the delivery is due again.
            service.observer.attemptFailed(due.subscriptionID, error.reason)
        }
    }

    private func remove(_ leased: DueDelivery) async throws(SNSError) {
        try await service.storing { () async throws(StorageError) in
            try await service.queue.remove(leased)
        }
    }

    private func noteFailure(
        of delivery: Delivery,
        _ leased: DueDelivery,
        _ schedule: DeliverySchedule,
        _ reason: String
    ) async throws(SNSError) {
        let moment = now()
        let isOld = moment.timeIntervalSince(delivery.createdAt) > Delivery.ageSecondsMax
        guard !isOld, let pause = schedule.pause(afterAttempts: leased.attempts) else {
            try await remove(leased)
            return service.observer.givenUp(delivery.subscription.arn, delivery.messageID, reason)
        }
        // Up to a tenth longer, so that what failed together does not come back together.
        let date = moment.addingTimeInterval(pause * Double.random(in: 1...1.1))
        state.withLock { $0.failing[leased.subscriptionID] = date }
        try await service.storing { () async throws(StorageError) in
            try await service.queue.putBack(leased, until: date)
        }
        service.observer.attemptFailed(delivery.subscription.arn, reason)
    }

    /// The subscription and topic of a delivery; nil when nobody wants it any more.
    private func wanted(
        _ delivery: Delivery
    ) async throws(SNSError) -> (Subscription?, Topic)? {
        guard let topic = try await service.snapshot(delivery.subscription.topic) else { return nil }
        let subscription = topic.entry(delivery.subscription.id)?.subscription
        switch delivery.kind {
        case .notification: return subscription.map { ($0, topic.topic) }
        case .subscriptionConfirmation:
            return subscription.flatMap { $0.isConfirmed ? nil : ($0, topic.topic) }
        case .unsubscribeConfirmation: return (nil, topic.topic)
        }
    }

    private func schedule(_ subscription: Subscription?, _ topic: Topic) -> DeliverySchedule {
        // Policies were checked before they were stored; one that does not parse is none.
        if let text = subscription?.deliveryPolicy,
            let schedule = try? DeliverySchedule(parsing: text, ofTopic: false)
        {
            return schedule
        }
        guard let text = topic.deliveryPolicy, subscription?.channel.isEmail != true else { return .standard }
        return (try? DeliverySchedule(parsing: text, ofTopic: true)) ?? .standard
    }

    // MARK: Sending

    private func send(
        _ delivery: Delivery,
        of topic: Topic,
        _ baseURL: String
    ) async throws(SNSError) -> SendOutcome {
        let envelope = Envelope(delivery: delivery, baseURL: baseURL, token: try token(for: delivery))
        switch delivery.channel {
        case .email: return await sender.mail(mail(envelope, topic, body: nil))
        case .emailJSON:
            let body = try await signed(envelope, topic, baseURL)
            return await sender.mail(mail(envelope, topic, body: String(decoding: body, as: UTF8.self)))
        case .http, .https:
            guard let url = EndpointURL(delivery.endpoint) else { return .failed(reason: "it is no URL") }
            let body =
                delivery.isRaw ? Array(delivery.text.utf8) : try await signed(envelope, topic, baseURL)
            return await sender.post(body, headers: headers(of: delivery), to: url)
        }
    }

    private func token(for delivery: Delivery) throws(SNSError) -> String {
        let isNotification = delivery.kind == .notification
        let expiry = now().addingTimeInterval(Subscription.pendingSecondsMax).timeIntervalSince1970
        let token = SubscriptionToken(
            purpose: isNotification ? .unsubscribe : .confirm,
            subscription: delivery.subscription,
            expiry: isNotification ? nil : Int(expiry)
        )
        do throws(CryptographyError) {
            return try token.sealed(by: service.keyring.settled(at: now()))
        } catch {
            throw .internalFailure
        }
    }

    private func signed(
        _ envelope: Envelope,
        _ topic: Topic,
        _ baseURL: String
    ) async throws(SNSError) -> [UInt8] {
        let identity = try await service.signingIdentity(at: now())
        do throws(CryptographyError) {
            let signature = try identity.signer.sign(
                Array(envelope.signedText.utf8),
                version: topic.signatureVersion
            )
            return envelope.json(
                signature: signature,
                version: topic.signatureVersion,
                certificateURL: "\(baseURL)/\(identity.fileName)"
            )
        } catch {
            throw .internalFailure
        }
    }

    private func headers(of delivery: Delivery) -> [(name: String, value: String)] {
        var headers = [
            (name: "Content-Type", value: "text/plain; charset=UTF-8"),
            (name: "User-Agent", value: "Amazon Simple Notification Service Agent"),
            (name: "x-amz-sns-message-type", value: delivery.kind.rawValue),
            (name: "x-amz-sns-message-id", value: delivery.messageID),
            (name: "x-amz-sns-topic-arn", value: delivery.subscription.topic.arn),
        ]
        if delivery.kind != .subscriptionConfirmation {
            headers.append(("x-amz-sns-subscription-arn", delivery.subscription.arn))
        }
        if delivery.isRaw { headers.append(("x-amz-sns-rawdelivery", "true")) }
        return headers
    }

    /// The mail of an envelope: its JSON where that is given, and words for people otherwise.
    private func mail(_ envelope: Envelope, _ topic: Topic, body: String?) -> NotificationMail {
        let delivery = envelope.delivery
        let subject =
            switch delivery.kind {
            case .notification: delivery.subject ?? "AWS Notification Message"
            case .subscriptionConfirmation: "AWS Notification - Subscription Confirmation"
            case .unsubscribeConfirmation: "AWS Notification - Unsubscribe Confirmation"
            }
        let words =
            switch delivery.kind {
            case .notification:
                "\(delivery.text)\n\n--\nIf you wish to stop receiving notifications from this topic, visit:\n"
                    + "\(envelope.link)\n"
            case .subscriptionConfirmation:
                "You have chosen to subscribe to the topic:\n\(delivery.subscription.topic.arn)\n\n"
                    + "To confirm this subscription, visit:\n\(envelope.link)\n"
            case .unsubscribeConfirmation:
                "Your subscription to the topic below has been deactivated:\n"
                    + "\(delivery.subscription.topic.arn)\n"
            }
        return NotificationMail(
            recipient: delivery.endpoint,
            subject: subject,
            body: body ?? words,
            messageID: delivery.messageID
        )
    }
}
