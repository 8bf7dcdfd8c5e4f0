import StorageTesting
import Testing

@testable import Storage

@Suite("Recent changes")
struct RecentChangesTests {
    private let recent = RecentChanges(countMax: 4)

    private func changes(_ numbers: ClosedRange<Int64>) -> [Change] {
        numbers.map { Change(sequence: $0, key: RecordKey(RecordKind("test"), "\($0)"), deleted: false) }
    }

    @Test func `tells what follows a number`() {
        recent.append(changes(1...2), after: 0)
        recent.append(changes(3...3), after: 2)
        #expect(recent.changes(after: 0, limit: 10) == changes(1...3))
        #expect(recent.changes(after: 1, limit: 10) == changes(2...3))
        #expect(recent.changes(after: 0, limit: 2) == changes(1...2))
    }

    @Test func `leaves to the file what follows the last, and what it does not know`() {
        #expect(recent.changes(after: 0, limit: 1) == nil)
        recent.append(changes(11...12), after: 10)
        for unknown: Int64 in [.min, -1, 0, 9, 12, 13, .max] {
            #expect(recent.changes(after: unknown, limit: 1) == nil, "\(unknown)")
        }
        #expect(recent.changes(after: 10, limit: 1) == changes(11...11))
    }

    @Test func `drops the oldest for the latest`() {
        recent.append(changes(1...3), after: 0)
        recent.append(changes(4...5), after: 3)
        #expect(recent.changes(after: 0, limit: 10) == nil)
        #expect(recent.changes(after: 1, limit: 10) == changes(2...5))
        recent.append(changes(6...12), after: 5)
        #expect(recent.changes(after: 7, limit: 10) == nil)
        #expect(recent.changes(after: 8, limit: 10) == changes(9...12))
    }

    @Test func `forgets what came before a change of another process`() {
        recent.append(changes(1...2), after: 0)
        recent.append(changes(4...4), after: 3)
        #expect(recent.changes(after: 0, limit: 10) == nil)
        #expect(recent.changes(after: 2, limit: 10) == nil)
        #expect(recent.changes(after: 3, limit: 10) == changes(4...4))
    }

    @Test func `is not moved by a transaction that changed nothing`() {
        recent.append(changes(1...1), after: 0)
        recent.append([], after: 1)
        #expect(recent.changes(after: 0, limit: 10) == changes(1...1))
    }
}
