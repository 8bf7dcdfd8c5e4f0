package import Operations

/// Keeps a rule from matching events until it is enabled again.
///
/// Source: EventBridge API Reference, DisableRule.
package enum DisableRule: RuleSwitch {
    package typealias Service = EventBridgeService
    package typealias Request = RuleLocator
    package typealias Response = NoOutput

    package static let name = "DisableRule"
    package static let action = "events:DisableRule"
    package static let state = Rule.State.disabled
}
