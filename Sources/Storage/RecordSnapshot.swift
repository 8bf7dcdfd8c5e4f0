/// A store that can show all its records as they were at one moment.
package protocol SnapshottingStore: RecordStore {
    /// Fixes this moment; records may be read and changed meanwhile as ever.
    ///
    /// What the store keeps for the snapshot's sake it keeps until the snapshot is closed, which its owner
    /// must do.
    func snapshot() async throws(StorageError) -> any RecordSnapshot
}

/// All records of a store, of every kind, as they were at one moment.
///
/// They come ordered by the bytes of their kinds, then of their keys. One task reads at a time.
package protocol RecordSnapshot: Sendable {
    /// The next records, at least one and at most `limit`; none at the end.
    ///
    /// - Throws: `.closed` after ``close()``, `.tooLarge` for a limit outside 1 and
    ///   ``StorageLimits/pageMax``, `.unavailable` and `.corrupted` as the store itself.
    func next(limit: Int) async throws(StorageError) -> [Record]

    /// Lets go of what the snapshot holds; a second call does nothing.
    func close() async
}
