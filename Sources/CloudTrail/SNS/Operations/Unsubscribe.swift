import AWSProtocol
import Authorization
package import Operations
import Storage

/// Ends a subscription; one that does not exist has ended already.
///
/// Signed, by who may do so on the topic; unsigned, with the token of an UnsubscribeURL. AWS asks for no token and
/// lets everybody end a subscription whose ARN he knows. Source: SNS API Reference, Unsubscribe.
package enum Unsubscribe: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let subscription: SubscriptionLocator
        let token: String?
    }

    package static let name = "Unsubscribe"
    package static let action = "sns:Unsubscribe"
    package static let isReadOnly = false
    package static let acceptsUnsigned = true
    package static let errors = [
        "InvalidParameterException", "InternalErrorException", "AuthorizationErrorException",
        "NotFoundException",
    ]

    package static func references(in request: Request) -> [TopicLocator] {
        request.token == nil ? [request.subscription.topic] : []
    }

    package static func requirements(
        of request: Request,
        on resources: [TopicSnapshot],
        for call: Call
    ) -> [Requirement] {
        // A request without a token and without a signature gets here, too, and fails here.
        resources.map { $0.requirement(action) }
    }

    package static func run(
        _ call: Authorized<Self>,
        in sns: NotificationService
    ) async throws(SNSError) -> NoOutput {
        let locator = call.request.subscription
        guard let topic = try await sns.snapshot(locator.topic), let entry = topic.entry(locator.id) else {
            if call.request.token != nil { throw .authorization("The token is not valid.") }
            return NoOutput()
        }
        let subscription = entry.subscription
        if let text = call.request.token {
            let token = SubscriptionToken(text, for: .unsubscribe, keyring: sns.keyring, at: call.call.now)
            guard let token, token.subscription == locator else {
                throw .authorization("The token is not valid.")
            }
            guard !subscription.needsSignedUnsubscribe else {
                throw .authorization("The subscription can be ended by signed requests only.")
            }
        }
        // Who ended it without a signature may have come by the address of somebody else's: he is told.
        let message = PublishedMessage(id: UnguessableID.make(), text: "")
        let farewell =
            call.call.caller.type == .anonymous
            ? [Delivery(.unsubscribeConfirmation, of: message, to: subscription, at: call.call.now)] : []
        try await sns.storing { () async throws(StorageError) in
            try await sns.queue.put(
                farewell,
                with: [.delete(locator.recordKey, expecting: .any)],
                at: call.call.now
            )
        }
        sns.dropFromMemory(locator.topic)
        return NoOutput()
    }
}

// MARK: Wire

extension Unsubscribe {
    package static let input: [Member] = [
        .required("SubscriptionArn", .snsText),
        // What our own UnsubscribeURLs have and AWS's model does not.
        .optional("Token", .string(isSensitive: true)),
    ]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(subscription: try input.subscription("SubscriptionArn"), token: input.string("Token"))
    }
}
