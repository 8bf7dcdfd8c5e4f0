package import Operations

/// Puts a rule in force.
///
/// Source: EventBridge API Reference, EnableRule.
package enum EnableRule: RuleSwitch {
    package typealias Service = EventBridgeService
    package typealias Request = RuleLocator
    package typealias Response = NoOutput

    package static let name = "EnableRule"
    package static let action = "events:EnableRule"
    package static let state = Rule.State.enabled
}
