package import Operations

/// The operations of SNS: those that this deployment has, then those that it refuses.
package enum SNSOperations {
    package static let table = OperationTable<NotificationService>(
        [
            Durable(AddPermission.self),
            Durable(ConfirmSubscription.self),
            Durable(CreateTopic.self),
            Durable(DeleteTopic.self),
            Durable(GetSubscriptionAttributes.self),
            Durable(GetTopicAttributes.self),
            Durable(ListSubscriptions.self),
            Durable(ListSubscriptionsByTopic.self),
            Durable(ListTagsForTopic.self),
            Durable(ListTopics.self),
            Durable(Publish.self),
            Durable(PublishBatch.self),
            Durable(RemovePermission.self),
            Durable(SetSubscriptionAttributes.self),
            Durable(SetTopicAttributes.self),
            Durable(Subscribe.self),
            Durable(TagTopic.self),
            Durable(Unsubscribe.self),
            Durable(UntagTopic.self),
        ] + refused
    )

    /// What AWS has and this deployment does not, and why.
    private static let refusals: [(reason: String, names: [String])] = [
        (
            "Messages go to topics only, not to phones.",
            [
                "CheckIfPhoneNumberIsOptedOut", "CreateSMSSandboxPhoneNumber",
                "DeleteSMSSandboxPhoneNumber", "GetSMSAttributes",
                "GetSMSSandboxAccountStatus", "ListOriginationNumbers",
                "ListPhoneNumbersOptedOut", "ListSMSSandboxPhoneNumbers",
                "OptInPhoneNumber", "SetSMSAttributes",
                "VerifySMSSandboxPhoneNumber",
            ]
        ),
        (
            "Messages go to topics only, not to mobile applications.",
            [
                "CreatePlatformApplication", "CreatePlatformEndpoint",
                "DeleteEndpoint", "DeletePlatformApplication",
                "GetEndpointAttributes", "GetPlatformApplicationAttributes",
                "ListEndpointsByPlatformApplication", "ListPlatformApplications",
                "SetEndpointAttributes", "SetPlatformApplicationAttributes",
            ]
        ),
        (
            "Messages are not searched for personal data.",
            [
                "GetDataProtectionPolicy", "PutDataProtectionPolicy",
            ]
        ),
    ]

    private static let refused: [any OperationEntry<NotificationService>] = refusals.flatMap {
        reason,
        names in
        names.map { NotOffered($0, because: reason) }
    }
}
