import AWSProtocol
import Authorization
package import Operations

/// Confirms a subscription with the token that was sent to its endpoint; whoever has the token may.
///
/// Needs no signature, unless it says that later only signed calls may end the subscription. Source: SNS API
/// Reference, ConfirmSubscription.
package enum ConfirmSubscription: DurableOperation {
    package typealias Service = NotificationService

    package struct Request: Sendable {
        let topic: TopicLocator
        let token: String
        let needsSignedUnsubscribe: Bool
    }

    package static let name = "ConfirmSubscription"
    package static let action = "sns:ConfirmSubscription"
    package static let isReadOnly = false
    package static let acceptsUnsigned = true
    package static let errors = [
        "InvalidParameterException", "NotFoundException", "InternalErrorException",
        "AuthorizationErrorException",
    ]

    package static func references(in request: Request) -> [TopicLocator] { [] }

    /// The token is the permission: without a signature it suffices, so a signature must not make it worth less.
    package static func requirements(
        of request: Request,
        on resources: [TopicSnapshot],
        for call: Call
    ) -> [Requirement] { [] }

    package static func run(
        _ call: Authorized<Self>,
        in sns: NotificationService
    ) async throws(SNSError) -> SubscriptionLocator {
        let request = call.request
        let token = SubscriptionToken(
            request.token,
            for: .confirm,
            keyring: sns.keyring,
            at: call.call.now
        )
        guard let token, token.subscription.topic == request.topic else {
            throw .invalidParameter("Token")
        }
        let isSigned = call.call.caller.type != .anonymous
        guard isSigned || !request.needsSignedUnsubscribe else {
            throw .authorization("AuthenticateOnUnsubscribe can be set by signed requests only.")
        }
        let account = call.call.caller.account
        do throws(SNSError) {
            try await sns.change(token.subscription) { subscription throws(SNSError) in
                subscription.isConfirmed = true
                if isSigned { subscription.wasConfirmedSigned = account == subscription.owner.description }
                if request.needsSignedUnsubscribe { subscription.needsSignedUnsubscribe = true }
            }
        } catch .subscriptionNotFound {
            // It was ended, or waited for too long.
            throw .invalidParameter("Token")
        }
        return token.subscription
    }
}

// MARK: Wire

extension ConfirmSubscription {
    package static let input: [Member] = [
        .required("TopicArn", .snsText), .required("Token", .string(isSensitive: true)),
        .optional("AuthenticateOnUnsubscribe", .snsText),
    ]

    package static func request(from input: Input, for call: Call) throws(SNSError) -> Request {
        Request(
            topic: try input.topic("TopicArn", for: call),
            token: input.requiredString("Token"),
            needsSignedUnsubscribe: input.string("AuthenticateOnUnsubscribe")?.lowercased() == "true"
        )
    }

    package static func encode(_ response: SubscriptionLocator, into output: inout OutputWriter) {
        output.string("SubscriptionArn", response.arn)
    }
}
