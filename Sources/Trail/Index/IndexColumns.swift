/// A segment's events as columns of numbers, the oldest event first.
///
/// Columns and not rows, because a lookup reads two or three of them.
struct IndexColumns: Sendable {
    /// What a column holds; the raw value is its place in files.
    enum Column: Int, CaseIterable {
        /// Seconds since 1970.
        case time
        /// Where the event's line begins in its segment.
        case offset
        /// The account that sees the event, and its Region.
        case place
        case eventID
        case eventName
        case eventSource
        case username
        case accessKeyID
        case firstResource
        case secondResource
        /// See `Flags`.
        case flags
    }

    /// What is said in bits; the upper sixteen are a hash of the first resource's type.
    struct Flags: OptionSet {
        let rawValue: UInt32
        static let readOnly = Flags(rawValue: 1)
        /// There are resources or types that the columns do not show.
        static let moreResources = Flags(rawValue: 2)

        static func typeHash(_ hash: UInt32) -> UInt32 { hash & 0xFFFF_0000 }
    }

    private var columns: [[UInt32]]

    init() {
        columns = Array(repeating: [], count: Column.allCases.count)
    }

    /// Takes columns of one length, the times ascending; nil for any others.
    init?(_ columns: [[UInt32]]) {
        guard columns.count == Column.allCases.count, columns.allSatisfy({ $0.count == columns[0].count }),
            zip(columns[0], columns[0].dropFirst()).allSatisfy({ $0 <= $1 })
        else { return nil }
        self.columns = columns
    }

    var count: Int { columns[0].count }

    subscript(column: Column) -> [UInt32] { columns[column.rawValue] }

    /// Adds an event behind all that are not younger; in a segment events stand in the order in which they
    /// ended, which is almost the order of their times.
    mutating func insert(_ row: Row) {
        var place = columns[0].count
        while place > 0, columns[0][place - 1] > row.time { place -= 1 }
        if place == columns[0].count {
            for index in columns.indices { columns[index].append(row[index]) }
        } else {
            for index in columns.indices { columns[index].insert(row[index], at: place) }
        }
    }

    /// The numbers that an event has of its identity.
    struct Caller {
        var username: UInt32 = 0
        var accessKeyID: UInt32 = 0

        init() {}

        init(_ event: EventSummary, hash: EventHash) {
            username = hash(event.username)
            accessKeyID = hash(event.accessKeyID)
        }
    }

    /// One event's numbers.
    struct Row: Equatable {
        private var values: InlineArray<11, UInt32> = .init(repeating: 0)

        static func == (left: Row, right: Row) -> Bool {
            Column.allCases.allSatisfy { left[$0.rawValue] == right[$0.rawValue] }
        }

        subscript(index: Int) -> UInt32 { values[index] }
        var time: UInt32 { values[0] }

        init(_ event: EventSummary, of caller: Caller, time: UInt32, offset: Int, hash: EventHash) {
            func set(_ column: Column, _ value: UInt32) { values[column.rawValue] = value }
            set(.time, time)
            set(.offset, UInt32(truncatingIfNeeded: offset))
            set(.place, hash.place(account: event.account, region: event.region))
            set(.eventID, hash(event.eventID))
            set(.eventName, hash(event.name))
            set(.eventSource, hash(event.source))
            set(.username, caller.username)
            set(.accessKeyID, caller.accessKeyID)
            var flags: Flags = event.isReadOnly ? .readOnly : []
            var type: UInt32 = 0
            if let first = event.resources.first {
                set(.firstResource, hash(first.name))
                type = Flags.typeHash(hash(first.type))
                for other in event.resources.dropFirst() where Flags.typeHash(hash(other.type)) != type {
                    flags.insert(.moreResources)
                }
            }
            if event.resources.count > 1 { set(.secondResource, hash(event.resources[1].name)) }
            if event.resources.count > 2 { flags.insert(.moreResources) }
            set(.flags, flags.rawValue | type)
        }
    }
}
