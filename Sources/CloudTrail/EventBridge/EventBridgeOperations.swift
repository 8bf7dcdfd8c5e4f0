package import Operations

/// The operations of EventBridge: those that this deployment has, then those that it refuses.
package enum EventBridgeOperations {
    package static let table = OperationTable<EventBridgeService>(
        [
            Durable(DeleteRule.self),
            Durable(DescribeEventBus.self),
            Durable(DescribeRule.self),
            Durable(DisableRule.self),
            Durable(EnableRule.self),
            Durable(ListEventBuses.self),
            Durable(ListRuleNamesByTarget.self),
            Durable(ListRules.self),
            Durable(ListTagsForRule.self),
            Durable(ListTargetsByRule.self),
            Durable(PutEvents.self),
            Durable(PutRule.self),
            Durable(PutTargets.self),
            Durable(RemoveTargets.self),
            Durable(TagRule.self),
            Durable(TestEventPattern.self),
            Durable(UntagRule.self),
        ] + refused
    )

    /// What AWS has and this deployment does not, and why.
    private static let refusals: [(reason: String, names: [String])] = [
        (
            "Each account has its default event bus, without a policy of its own.",
            [
                "CreateEventBus", "DeleteEventBus",
                "UpdateEventBus", "PutPermission",
                "RemovePermission",
            ]
        ),
        (
            "Events are not archived; the audit trail keeps every call.",
            [
                "CreateArchive", "DeleteArchive",
                "DescribeArchive", "ListArchives",
                "UpdateArchive", "StartReplay",
                "CancelReplay", "DescribeReplay",
                "ListReplays",
            ]
        ),
        (
            "Targets are SNS topics, which have HTTP subscriptions.",
            [
                "CreateApiDestination", "DeleteApiDestination",
                "DescribeApiDestination", "ListApiDestinations",
                "UpdateApiDestination", "CreateConnection",
                "DeauthorizeConnection", "DeleteConnection",
                "DescribeConnection", "ListConnections",
                "UpdateConnection",
            ]
        ),
        (
            "There are no global endpoints.",
            [
                "CreateEndpoint", "DeleteEndpoint",
                "DescribeEndpoint", "ListEndpoints",
                "UpdateEndpoint",
            ]
        ),
        (
            "There are no partner event sources.",
            [
                "ActivateEventSource", "CreatePartnerEventSource",
                "DeactivateEventSource", "DeletePartnerEventSource",
                "DescribeEventSource", "DescribePartnerEventSource",
                "ListEventSources", "ListPartnerEventSourceAccounts",
                "ListPartnerEventSources", "PutPartnerEvents",
            ]
        ),
    ]

    private static let refused: [any OperationEntry<EventBridgeService>] = refusals.flatMap { reason, names in
        names.map { NotOffered($0, because: reason) }
    }
}
