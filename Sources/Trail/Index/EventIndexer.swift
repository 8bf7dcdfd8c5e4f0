import Glibc

/// Turns events into rows of an index.
struct EventIndexer {
    private let hash: EventHash
    /// The second that the last event had, as text: most events share it with the one before.
    private var lastText: [UInt8] = []
    private(set) var lastTime: UInt32 = 0
    /// The identity that the last event had, and what it is found by.
    private var lastIdentity: [UInt8] = []
    private var lastCaller = IndexColumns.Caller()

    init(_ trail: TrailID) {
        hash = EventHash(trail)
    }

    /// The row of an event; one without a time has that of the event before it.
    mutating func row(of json: UnsafeRawBufferPointer, at offset: Int) -> IndexColumns.Row {
        let (summary, caller) = read(json)
        if let text = summary.time, !text.equals(lastText) {
            if let date = EventTime.parse(text) {
                lastTime = UInt32(clamping: EventTime.seconds(date))
                lastText = Array(text)
            }
        }
        return IndexColumns.Row(summary, of: caller, time: lastTime, offset: offset, hash: hash)
    }

    private mutating func read(
        _ json: UnsafeRawBufferPointer
    ) -> (summary: EventSummary, caller: IndexColumns.Caller) {
        let written = lastIdentity.withUnsafeBytes { WrittenEvent(json, by: $0) }
        guard let written else {
            let summary = EventSummary(json)
            return (summary, IndexColumns.Caller(summary, hash: hash))
        }
        if !written.identity.equals(lastIdentity) {
            var summary = EventSummary()
            summary.takeIdentity(written.identity)
            lastCaller = IndexColumns.Caller(summary, hash: hash)
            lastIdentity = Array(written.identity)
        }
        return (written.summary, lastCaller)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func equals(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { other in
            guard count == other.count, let base = baseAddress, let start = other.baseAddress else {
                return isEmpty && other.isEmpty
            }
            return memcmp(base, start, count) == 0
        }
    }
}
