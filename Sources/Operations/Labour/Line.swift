/// Entries under numbers, in the order they came.
///
/// No slice of an array: that keeps what was taken from it, with the keys and messages that work holds, until it needs
/// more memory.
struct Line<Entry> {
    private var entries: [Int: Entry] = [:]
    private var (start, end) = (0, 0)

    var count: Int { entries.count }
    var first: Entry? { entries[start] }

    mutating func append(_ entry: Entry) {
        entries[end] = entry
        end += 1
    }

    mutating func popFirst() -> Entry? {
        guard let entry = entries.removeValue(forKey: start) else { return nil }
        start += 1
        return entry
    }
}
