import AWSProtocol
import Trail

/// All rules in force, compiled, as they were at one moment.
struct RuleBook: Sendable {
    struct Entry: Sendable {
        let rule: Rule
        let pattern: EventPattern
    }

    /// Where a rule's bus is.
    struct Place: Hashable {
        let account: AccountID
        let region: Region
    }

    /// The names of calls that some rule waits for; nil when a rule waits for calls of any name.
    private let eventNames: Set<String>?
    /// Whether a rule wants calls that change nothing, too.
    private let wantsReadOnly: Bool
    private let entries: [Place: [Entry]]

    /// Rules that are in force and have targets; what does not compile was checked before it was stored.
    init(_ rules: [Rule]) {
        var entries: [Place: [Entry]] = [:]
        var names: Set<String>? = []
        var wantsReadOnly = false
        for rule in rules where rule.state != .disabled && !rule.targets.isEmpty {
            guard let pattern = try? EventPattern(parsing: rule.pattern) else { continue }
            let place = Place(account: rule.account, region: rule.region)
            entries[place, default: []].append(Entry(rule: rule, pattern: pattern))
            if rule.state == .enabledForAll { wantsReadOnly = true }
            guard Self.wantsCalls(pattern) else { continue }
            if let required = pattern.requiredTexts(at: ["detail", "eventName"]) {
                names?.formUnion(required)
            } else {
                names = nil
            }
        }
        self.entries = entries
        self.wantsReadOnly = wantsReadOnly
        eventNames = names
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Whether a pattern may mean calls of the trail: not what applications put, nor what KMS tells of keys.
    private static func wantsCalls(_ pattern: EventPattern) -> Bool {
        if let sources = pattern.requiredTexts(at: ["source"]),
            !sources.contains(where: { $0.hasPrefix("aws.") })
        {
            return false
        }
        guard let types = pattern.requiredTexts(at: ["detail-type"]) else { return true }
        return types.contains { $0.hasSuffix(" via CloudTrail") }
    }

    /// Whether a record of the trail may be one that a rule means; most are told apart by one field.
    func mayWant(_ record: UnsafeRawBufferPointer) -> Bool {
        guard !isEmpty else { return false }
        var isWanted = true
        EventMembers.walk(record) { name, value in
            // The name stands near the front, so the rest of most records is not even looked at.
            if name.elementsEqual("eventName".utf8) {
                isWanted = mayWantName(value)
                return isWanted && !wantsReadOnly
            }
            if name.elementsEqual("readOnly".utf8) {
                isWanted = !value.elementsEqual("true".utf8)
                return false
            }
            return true
        }
        return isWanted
    }

    /// What KMS tells by itself is an event of its own too, which has no name of a call.
    private func mayWantName(_ value: UnsafeRawBufferPointer) -> Bool {
        guard let eventNames, let text = EventMembers.text(value) else { return true }
        let name = String(decoding: text, as: UTF8.self)
        return eventNames.contains(name) || TrailEvents.keyEventTypes[name] != nil
    }

    /// The rules that mean an event.
    func matches(_ event: BusEvent) -> [Rule] {
        let place = Place(account: event.account, region: event.region)
        return (entries[place] ?? []).filter { entry in
            (!event.isReadOnly || entry.rule.state == .enabledForAll) && entry.pattern.matches(event.json)
        }.map(\.rule)
    }
}
