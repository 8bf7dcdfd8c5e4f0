package import AWSProtocol

/// Where a rule lies: its account, its Region and its name on the default bus.
package struct RuleLocator: Hashable, Sendable {
    package let account: AccountID
    package let region: Region
    package let name: String

    package var arn: String { "arn:aws:events:\(region):\(account):rule/\(name)" }

    package static let resourceType = "AWS::Events::Rule"

    /// The locator in the ARN of a rule of the default bus; nil for any other text.
    init?(arn text: String) {
        guard let arn = ARN(text), arn.service == "events", let account = arn.account,
            let region = arn.region,
            arn.resource.hasPrefix("rule/")
        else { return nil }
        let name = arn.resource.dropFirst("rule/".count)
        guard !name.isEmpty, !name.contains("/") else { return nil }
        self.init(account: account, region: region, name: String(name))
    }

    init(account: AccountID, region: Region, name: String) {
        self.account = account
        self.region = region
        self.name = name
    }
}

/// Which events are meant, and where they go.
package struct Rule: Hashable, Sendable, Codable {
    /// Whether the rule is in force.
    package enum State: String, Hashable, Sendable, Codable, CaseIterable {
        case enabled = "ENABLED"
        case disabled = "DISABLED"
        /// In force, for calls that change nothing too.
        case enabledForAll = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    }

    let name: String
    let account: AccountID
    let region: Region
    /// The pattern's text, as it was given.
    var pattern: String
    var state: State
    var description: String?
    var tags: [ResourceTag]
    var targets: [RuleTarget]

    var locator: RuleLocator { RuleLocator(account: account, region: region, name: name) }

    /// Quotas of EventBridge (EventBridge User Guide, "Amazon EventBridge quotas").
    static let perBusMax = 300
    static let targetsMax = 5
    static let patternBytesMax = 4_096
}

/// Where the events of a rule go, and in what form.
struct RuleTarget: Hashable, Sendable, Codable {
    let id: String
    let arn: String
    /// A constant text in place of the event.
    var input: String?
    /// The part of the event that is sent.
    var inputPath: String?
    var transformer: InputTransformer?

    /// What the target gets of an event.
    func text(for event: BusEvent, of rule: RuleLocator, at time: String) -> String {
        if let input { return input }
        if let transformer { return transformer.text(for: event, of: rule, at: time) }
        guard let inputPath, let path = EventPath(inputPath) else {
            return String(decoding: event.bytes, as: UTF8.self)
        }
        return path.value(in: event.json).map(\.rendered) ?? ""
    }
}

extension JSON {
    /// The value as JSON text.
    var rendered: String {
        var writer = JSONWriter()
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
