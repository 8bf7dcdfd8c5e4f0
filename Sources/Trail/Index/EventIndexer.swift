/// Turns events into rows of an index.
struct EventIndexer {
    private let hash: EventHash
    /// The second that the last event had, as text: most events share it with the one before.
    private var lastText: [UInt8] = []
    private(set) var lastTime: UInt32 = 0

    init(_ trail: TrailID) {
        hash = EventHash(trail)
    }

    /// The row of an event; one without a time has that of the event before it.
    mutating func row(of json: UnsafeRawBufferPointer, at offset: Int) -> IndexColumns.Row {
        let summary = EventSummary(json)
        if let text = summary.time, !lastText.elementsEqual(text) {
            if let date = EventTime.parse(text) {
                lastTime = UInt32(clamping: EventTime.seconds(date))
                lastText = Array(text)
            }
        }
        return IndexColumns.Row(summary, time: lastTime, offset: offset, hash: hash)
    }
}
