import AWSProtocol
package import Operations
import Storage

/// Lists the subscriptions to the account's topics in the Region, 100 at a time.
///
/// Source: SNS API Reference, ListSubscriptions.
package enum ListSubscriptions: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let account: AccountID
        let token: String?
    }

    package static let name = "ListSubscriptions"
    package static let action = "sns:ListSubscriptions"
    package static let isReadOnly = true
    package static let errors = [
        "InvalidParameterException", "InternalErrorException", "AuthorizationErrorException",
    ]

    package static func references(in request: Request) -> [TopicLocator] { [] }

    package static func requirements(
        of request: Request,
        on resources: [TopicSnapshot],
        for call: Call
    ) -> [Requirement] {
        [Requirement(action, on: .any(in: request.account), conditions: NoConditions())]
    }

    package static func run(
        _ call: Authorized<Self>,
        in sns: NotificationService
    ) async throws(SNSError) -> SNSPage<SubscriptionView> {
        let prefix = "\(call.request.account)/\(call.call.region)/"
        return try await sns.subscriptions(
            below: prefix,
            token: call.request.token,
            list: name,
            for: call.call
        )
    }
}

/// A subscription as lists show it.
package struct SubscriptionView: Sendable {
    let subscription: Subscription
}

extension NotificationService {
    /// A page of the subscriptions whose records begin with a prefix.
    func subscriptions(
        below prefix: String,
        token: String?,
        list: String,
        for call: Call
    ) async throws(SNSError) -> SNSPage<SubscriptionView> {
        let after = try position(of: token, in: list, for: call)
        let records = try await storing { () async throws(StorageError) in
            try await store.scan(
                .snsSubscription,
                prefix: prefix,
                after: after.map { prefix + $0 },
                limit: SNSPage<SubscriptionView>.limit + 1
            )
        }
        var views: [SubscriptionView] = []
        for record in records {
            views.append(SubscriptionView(subscription: try decode(Subscription.self, from: record)))
        }
        return try page(views, of: list, for: call) { view in
            String(view.subscription.locator.recordKey.key.dropFirst(prefix.count))
        }
    }
}

// MARK: Wire

extension ListSubscriptions {
    package static let input: [Member] = [.optional("NextToken", .snsText)]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(account: try call.snsAccount(), token: input.string("NextToken"))
    }

    package static func encode(_ response: SNSPage<SubscriptionView>, into output: inout OutputWriter) {
        response.encode(into: &output)
    }
}

extension SNSPage<SubscriptionView> {
    /// The members that ListSubscriptions and ListSubscriptionsByTopic answer.
    func encode(into output: inout OutputWriter) {
        output.objects("Subscriptions", elements) { output, view in
            let subscription = view.subscription
            output.string(
                "SubscriptionArn",
                subscription.isConfirmed ? subscription.locator.arn : "PendingConfirmation"
            )
            output.string("Owner", subscription.owner.description)
            output.string("Protocol", subscription.channel.rawValue)
            output.string("Endpoint", subscription.endpoint)
            output.string("TopicArn", subscription.topic.arn)
        }
        output.string("NextToken", nextToken)
    }
}
