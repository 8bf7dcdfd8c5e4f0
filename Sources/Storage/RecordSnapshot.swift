/// A store whose records can be read as they are at one moment, while it goes on changing.
package protocol SnapshottingStore: RecordStore {
    func snapshot() async throws(StorageError) -> any RecordSnapshot
}

/// All records of all kinds as they were at one moment, ordered by kind, then by the keys' bytes.
package protocol RecordSnapshot: Sendable {
    /// The next records, at most `limit`; an empty page at the end.
    func next(limit: Int) async throws(StorageError) -> [Record]

    /// Lets go of the snapshot; a second call does nothing.
    func close() async
}
