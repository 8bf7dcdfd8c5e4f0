import AWSProtocol
import Authorization
package import Operations
import Storage

/// Subscribes an endpoint to a topic; it gets messages once it has confirmed that it wants them.
///
/// Who subscribes the same endpoint again gets the subscription that there is, and another confirmation if it waits
/// for one. Source: SNS API Reference, Subscribe.
package enum Subscribe: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let channel: Subscription.Channel
        let endpoint: String
        let attributes: [(key: String, value: String)]
        let showsARN: Bool
        let owner: AccountID
    }

    package static let name = "Subscribe"
    package static let action = "sns:Subscribe"
    package static let isReadOnly = false
    package static let errors = [
        "SubscriptionLimitExceededException", "InvalidParameterException", "InternalErrorException",
        "NotFoundException", "AuthorizationErrorException",
    ]

    package static func references(in request: Request) -> [TopicLocator] { [request.topic] }

    package static func requirements(
        of request: Request,
        on resources: [TopicSnapshot],
        for call: Call
    ) -> [Requirement] {
        [
            resources[0].requirement(action) { [channel = request.channel, endpoint = request.endpoint] key in
                switch key.name {
                case "sns:protocol": .single(channel.rawValue)
                case "sns:endpoint": .single(endpoint)
                default: nil
                }
            }
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in sns: NotificationService
    ) async throws(SNSError) -> String {
        let request = call.request
        try check(request, sns.endpoints)
        let pending = "pending confirmation"
        let known = call.resource.entries.first {
            $0.subscription.channel == request.channel && $0.subscription.endpoint == request.endpoint
        }
        if let known = known?.subscription {
            guard !known.isConfirmed else { return known.locator.arn }
            try await ask(known, nil, call.call, in: sns)
            return request.showsARN ? known.locator.arn : pending
        }
        guard call.resource.entries.count < Subscription.perTopicMax else { throw .subscriptionLimit }
        var subscription = Subscription(
            id: UnguessableID.make(),
            topic: request.topic,
            owner: request.owner,
            channel: request.channel,
            endpoint: request.endpoint,
            createdAt: call.call.now
        )
        // The scope says how the policy is to be read, in whatever order they came.
        for (name, value) in request.attributes.sorted(by: { $0.key > $1.key }) {
            try subscription.set(name, value)
        }
        try await ask(subscription, call.resource.version, call.call, in: sns)
        return request.showsARN ? subscription.locator.arn : pending
    }

    /// Queues the message that asks the endpoint, with the record of a new subscription.
    private static func ask(
        _ subscription: Subscription,
        _ topicVersion: Int64?,
        _ call: Call,
        in sns: NotificationService
    ) async throws(SNSError) {
        guard !sns.queue.isFull else { throw .throttled }
        let message = PublishedMessage(id: UnguessableID.make(), text: "")
        let delivery = Delivery(.subscriptionConfirmation, of: message, to: subscription, at: call.now)
        do throws(StorageError) {
            var writes: [Write] = []
            if let topicVersion {
                writes = [
                    // A topic that was deleted meanwhile gets no subscriptions.
                    .check(subscription.topic.recordKey, expecting: .version(topicVersion)),
                    .put(
                        subscription.locator.recordKey,
                        try RecordCoding.encode(subscription),
                        expecting: .absent
                    ),
                ]
            }
            try await sns.queue.put([delivery], with: writes, at: call.now)
        } catch .conflict {
            throw .concurrentAccess
        } catch {
            throw .storage(error)
        }
        sns.dropFromMemory(subscription.topic)
    }

    /// Refuses endpoints that are none, or that must not be reached from here.
    private static func check(_ request: Request, _ rules: EndpointRules) throws(SNSError) {
        if request.channel.isEmail {
            guard rules.sendsMail else {
                throw .invalidParameter("Protocol Reason: this deployment has no server for mail (smtp-url)")
            }
            guard EmailAddress.isValid(request.endpoint) else { throw .invalidParameter("Email address") }
            return
        }
        guard let url = EndpointURL(request.endpoint) else {
            throw .invalidParameter("Endpoint must match the specified protocol")
        }
        guard url.isSecure == (request.channel == .https) else {
            throw .invalidParameter("Endpoint must match the specified protocol")
        }
        // Names are looked at when they are resolved, each time anew.
        guard url.isNumeric || (url.host == "localhost" && !rules.allowsLoopback) else { return }
        if url.host == "localhost" || rules.refusal(ofAddress: url.host) != nil {
            throw .invalidParameter("Unreachable Endpoint: the address is not allowed")
        }
    }
}

/// Addresses of mail, as far as they are looked at before a server is asked.
package enum EmailAddress {
    package static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 320, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            return false
        }
        let refused = "<>()[],;:\\\"".utf8
        return text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !refused.contains($0) }
    }
}

// MARK: Wire

extension Subscribe {
    package static let input: [Member] = [
        .required("TopicArn", .snsText), .required("Protocol", .snsText),
        // The addresses of chats and the like let in whoever knows them: none stands in an audit event.
        .optional("Endpoint", .string(isSensitive: true)),
        .optional("Attributes", .map), .optional("ReturnSubscriptionArn", .boolean),
    ]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        let name = input.requiredString("Protocol")
        guard let channel = Subscription.Channel(rawValue: name) else {
            let known = ["sqs", "lambda", "sms", "application", "firehose", "email", "http"]
            throw .invalidParameter(
                known.contains(name)
                    ? "Protocol Reason: \(name) is not supported; http, https, email and email-json are"
                    : "Does not support this protocol string: \(name.prefix(64))"
            )
        }
        guard let endpoint = input.string("Endpoint"), !endpoint.isEmpty else {
            throw .invalidParameter("Endpoint")
        }
        return Request(
            topic: try input.topic("TopicArn", for: call),
            channel: channel,
            endpoint: endpoint,
            attributes: input.map("Attributes") ?? [],
            showsARN: input.flag("ReturnSubscriptionArn"),
            owner: try call.snsAccount()
        )
    }

    package static func encode(_ response: String, into output: inout OutputWriter) {
        output.string("SubscriptionArn", response)
    }
}
