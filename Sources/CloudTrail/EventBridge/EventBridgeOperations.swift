package import Operations

/// The operations of EventBridge that this deployment has.
package enum EventBridgeOperations {
    package static let table = OperationTable<EventBridgeService>([
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
    ])
}
