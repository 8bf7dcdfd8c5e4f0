package import Storage
import Synchronization

/// Follows the store's feed of changes and hands each to those who keep copies of records.
///
/// It begins after the changes that were there when it was made, which must be before anything is cached.
package final class ChangeFollower: Sendable {
    /// How often the feed is asked; the most that a change by another process stays unnoticed.
    package static let interval = Duration.milliseconds(250)
    private static let pageSize = 1000

    private let store: any RecordStore
    private let position: Mutex<Int64>
    private let onChange: @Sendable (RecordKey) -> Void

    /// Makes a follower that tells `onChange` of each record that was written or deleted, in order.
    package init(
        store: any RecordStore,
        onChange: @escaping @Sendable (RecordKey) -> Void
    ) async throws(StorageError) {
        self.store = store
        self.onChange = onChange
        position = Mutex(try await store.latestChange())
    }

    /// Hands on all changes that came since the last call.
    ///
    /// - Returns: How many there were.
    /// - Throws: When the feed cannot be read; the next call goes on where this one stopped. After
    ///   `.changesTrimmed` it cannot: changes were missed, and copies of records may be stale for good.
    @discardableResult
    package func follow() async throws(StorageError) -> Int {
        var count = 0
        while true {
            let from = position.withLock { $0 }
            let page = try await store.changes(after: from, limit: Self.pageSize)
            for change in page { onChange(change.key) }
            guard let last = page.last else { return count }
            position.withLock { $0 = last.sequence }
            count += page.count
            if page.count < Self.pageSize { return count }
        }
    }
}
