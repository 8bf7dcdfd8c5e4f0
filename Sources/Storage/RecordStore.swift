/// Records by kind and key, changed by atomic batches, with a feed of what changed.
///
/// Every store keeps these promises, and `StorageTesting.RecordStoreSuite` holds it to them. All methods may
/// be called from any number of tasks. All throw `.closed` after ``close()``, `.unavailable` when the store
/// cannot be reached, and `.corrupted` when what is read cannot be what was written.
package protocol RecordStore: Sendable {
    /// Reads one record; nil when there is none.
    ///
    /// - Throws: `.tooLarge` for a key above its limit.
    func read(_ key: RecordKey) async throws(StorageError) -> Record?

    /// Reads several records as they were at one moment, in the order of the keys.
    ///
    /// - Throws: `.tooLarge` for a key above its limit, and for more keys than a page has.
    func read(_ keys: [RecordKey]) async throws(StorageError) -> [Record?]

    /// Lists the records of a kind whose keys begin with a prefix, ascending by the keys' bytes.
    ///
    /// An empty prefix lists all. `after` is the last key of the page before, which need not exist any more,
    /// or nil for the first page. Fewer records than `limit` come only at the end.
    ///
    /// - Throws: `.tooLarge` for a limit outside 1 and ``StorageLimits/pageMax``.
    func scan(
        _ kind: RecordKind,
        prefix: String,
        after: String?,
        limit: Int
    ) async throws(StorageError) -> [Record]

    /// Does all writes of a batch in their order, or none of them; they survive a power loss once this
    /// returns.
    ///
    /// - Throws: `.conflict` with the first record whose expectation is not met, `.full`, and `.tooLarge`; in
    ///   these cases nothing was written. After `.unavailable` the batch may have been written.
    func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult

    /// Gives the changes that follow a sequence number, oldest first, without gaps.
    ///
    /// There may be more than it gives; there are none when it gives none.
    ///
    /// - Throws: `.changesTrimmed` when changes after `sequence` were dropped already, and `.tooLarge` for a
    ///   limit outside 1 and ``StorageLimits/pageMax``.
    func changes(after sequence: Int64, limit: Int) async throws(StorageError) -> [Change]

    /// The number of the latest change; 0 when there never was one.
    func latestChange() async throws(StorageError) -> Int64

    /// Waits until there may be a change after `sequence`, or `longest` has passed, or the task is cancelled.
    ///
    /// A hint: the feed alone says what changed, and whether anything did.
    func awaitChange(after sequence: Int64, upTo longest: Duration) async

    /// Finishes the commits under way and lets go of files and connections; a second call does nothing.
    func close() async
}

extension RecordStore {
    /// Sleeps, for stores that do not tell of changes.
    package func awaitChange(after sequence: Int64, upTo longest: Duration) async {
        await ChangePause.sleep(for: longest)
    }
}
