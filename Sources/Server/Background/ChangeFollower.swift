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
    private let onGap: @Sendable () -> Void

    /// Makes a follower that tells `onChange` of each record that was written or deleted, in order, and
    /// `onGap` when changes were missed, so that any copy may be stale.
    package init(
        store: any RecordStore,
        onChange: @escaping @Sendable (RecordKey) -> Void,
        onGap: @escaping @Sendable () -> Void = {}
    ) async throws(StorageError) {
        self.store = store
        self.onChange = onChange
        self.onGap = onGap
        position = Mutex(try await store.latestChange())
    }

    /// The number of the last change that was handed on.
    package var sequence: Int64 { position.withLock { $0 } }

    /// Hands on all changes that came since the last call.
    ///
    /// - Returns: How many there were.
    /// - Throws: When the feed cannot be read; the next call goes on where this one stopped. After
    ///   `.changesTrimmed` changes were missed: everybody has been told, and the next call goes on from here.
    @discardableResult
    package func follow() async throws(StorageError) -> Int {
        var count = 0
        while true {
            let from = position.withLock { $0 }
            let page = try await changes(after: from)
            for change in page { onChange(change.key) }
            guard let last = page.last else { return count }
            position.withLock { $0 = last.sequence }
            count += page.count
            if page.count < Self.pageSize { return count }
        }
    }

    /// Waits until there may be a change that was not handed on, or `longest` has passed.
    package func awaitChange(upTo longest: Duration) async {
        await store.awaitChange(after: position.withLock { $0 }, upTo: longest)
    }

    private func changes(after sequence: Int64) async throws(StorageError) -> [Change] {
        do throws(StorageError) {
            return try await store.changes(after: sequence, limit: Self.pageSize)
        } catch .changesTrimmed(let oldest) {
            // The position is taken first: what changes while copies are dropped is told again.
            let latest = try await store.latestChange()
            position.withLock { $0 = latest }
            onGap()
            throw .changesTrimmed(oldest: oldest)
        }
    }
}
