package import struct Foundation.Date

/// Which events are asked for.
package struct EventQuery: Sendable {
    /// What CloudTrail's LookupEvents can find events by.
    package enum Attribute: Hashable, Sendable {
        case eventID(String)
        case eventName(String)
        case readOnly(Bool)
        case username(String)
        case resourceType(String)
        case resourceName(String)
        case eventSource(String)
        case accessKeyID(String)
    }

    /// The account whose events are asked for: `recipientAccountId`.
    package var account: String
    package var region: String
    /// Inclusive; nil is no bound.
    package var from: Date?
    /// Inclusive; nil is no bound.
    package var through: Date?
    package var attribute: Attribute?

    package init(
        account: String,
        region: String,
        from: Date? = nil,
        through: Date? = nil,
        attribute: Attribute? = nil
    ) {
        self.account = account
        self.region = region
        self.from = from
        self.through = through
        self.attribute = attribute
    }
}

/// A query made ready for one trail: hashes for its indexes, texts for its events.
struct PreparedQuery {
    private let account: [UInt8]
    private let region: [UInt8]
    private let attribute: EventQuery.Attribute?
    /// The attribute's value as events write it.
    private let value: [UInt8]
    let place: UInt32
    let hash: UInt32
    let timeMin: UInt32
    let timeMax: UInt32

    init(_ query: EventQuery, for trail: TrailID) {
        let hashes = EventHash(trail)
        account = EventWriter.escaped(query.account)
        region = EventWriter.escaped(query.region)
        attribute = query.attribute
        value = EventWriter.escaped(query.attribute?.text ?? "")
        place = hashes.place(accountBytes: account, regionBytes: region)
        hash = hashes(bytes: value)
        // Events have whole seconds: one of 10:00:00 is not before 10:00:00.9 as a start, nor after as an end.
        timeMin = query.from.map { Self.second($0, .up) } ?? 0
        timeMax = query.through.map { Self.second($0, .down) } ?? .max
    }

    private static func second(_ date: Date, _ rule: FloatingPointRoundingRule) -> UInt32 {
        let seconds = date.timeIntervalSince1970.rounded(rule)
        return seconds <= 0 ? 0 : seconds >= Double(UInt32.max) ? .max : UInt32(seconds)
    }

    /// The columns that tell whether an event can be meant, besides the time and the place.
    var columns: [IndexColumns.Column] {
        switch attribute {
        case nil: []
        case .eventID: [.eventID]
        case .eventName: [.eventName]
        case .readOnly, .resourceType: [.flags]
        case .username: [.username]
        case .resourceName: [.firstResource, .secondResource, .flags]
        case .eventSource: [.eventSource]
        case .accessKeyID: [.accessKeyID]
        }
    }

    /// Whether an event with these numbers, in the order of ``columns``, can be meant.
    func mayMean(_ numbers: (Int) -> UInt32) -> Bool {
        switch attribute {
        case nil: return true
        case .eventID, .eventName, .username, .eventSource, .accessKeyID: return numbers(0) == hash
        case .readOnly(let wanted):
            return IndexColumns.Flags(rawValue: numbers(0)).contains(.readOnly) == wanted
        case .resourceType:
            let flags = numbers(0)
            return IndexColumns.Flags.typeHash(flags) == IndexColumns.Flags.typeHash(hash)
                || IndexColumns.Flags(rawValue: flags).contains(.moreResources)
        case .resourceName:
            return numbers(0) == hash || numbers(1) == hash
                || IndexColumns.Flags(rawValue: numbers(2)).contains(.moreResources)
        }
    }

    /// Whether an event is meant.
    func means(_ event: EventSummary) -> Bool {
        guard equal(event.account, account), equal(event.region, region) else { return false }
        switch attribute {
        case nil: return true
        case .eventID: return equal(event.eventID, value)
        case .eventName: return equal(event.name, value)
        case .readOnly(let wanted): return event.isReadOnly == wanted
        case .username: return equal(event.username, value)
        case .resourceType: return event.resources.contains { equal($0.type, value) }
        case .resourceName: return event.resources.contains { equal($0.name, value) }
        case .eventSource: return equal(event.source, value)
        case .accessKeyID: return equal(event.accessKeyID, value)
        }
    }

    private func equal(_ text: UnsafeRawBufferPointer?, _ value: [UInt8]) -> Bool {
        text.map { $0.elementsEqual(value) } ?? false
    }
}

extension EventQuery.Attribute {
    fileprivate var text: String {
        switch self {
        case .eventID(let text), .eventName(let text), .username(let text), .resourceType(let text),
            .resourceName(let text), .eventSource(let text), .accessKeyID(let text):
            text
        case .readOnly(let flag): flag ? "true" : "false"
        }
    }
}
