package import struct Foundation.Date

/// Copies of whole stores: into a backup, out of one, and from one store to another.
///
/// Records are copied as the engine has them. Over a sealed store that means that values stay sealed, so no key
/// is needed, and none is in the copy but as the seal wrapped it.
package enum StoreCopy {
    /// Writes a backup of a store as it is at this moment.
    ///
    /// - Throws: `.incomplete` for a store that is half filled; `.backup`.
    package static func backUp(
        _ store: any SnapshottingStore,
        engine: String,
        program: String,
        at now: Date,
        to sink: any BackupSink
    ) async throws(CopyError) -> RecordTally {
        try await requireComplete(store)
        do throws(BackupError) {
            let position: Int64
            // Before the snapshot: what is in the feed now is in the snapshot.
            do throws(StorageError) { position = try await store.latestChange() } catch {
                throw .store(error)
            }
            let header = BackupHeader(createdAt: now, engine: engine, position: position, program: program)
            var writer = try BackupWriter(header, to: sink)
            try await store.forEachPage(BackupError.store) { page throws(BackupError) in
                for record in page { try writer.append(record) }
            }
            return try writer.finish()
        } catch {
            throw .backup(error)
        }
    }

    /// Fills an empty store from a backup, and gives what the store holds then.
    ///
    /// `expected` is what ``BackupReader/verify(_:)`` found in the same backup; it is read a second time here,
    /// and must hold the same.
    ///
    /// - Throws: `.backup`, `.filling`, `.changedMeanwhile`; the store then stays marked as incomplete, unless it
    ///   was refused as not empty.
    package static func restore(
        _ source: any BackupSource,
        expecting expected: RecordTally,
        into store: any SnapshottingStore
    ) async throws(CopyError) -> RecordTally {
        var reader: BackupReader
        do throws(BackupError) { reader = try BackupReader(source) } catch { throw .backup(error) }
        var filler = try await filler(of: store, reason: "restore")
        while let records = try next(&reader) {
            do throws(FillingError) { try await filler.add(records) } catch { throw .filling(error) }
        }
        guard reader.tally == expected else { throw .changedMeanwhile }
        do throws(FillingError) { return try await filler.finish() } catch { throw .filling(error) }
    }

    /// Fills an empty store with the records that another has at this moment.
    ///
    /// - Throws: `.incomplete`, `.filling`, and `.changedMeanwhile` when the source changed while it was copied;
    ///   the target then stays marked as incomplete, unless it was refused as not empty.
    package static func migrate(
        from source: any SnapshottingStore,
        to target: any SnapshottingStore
    ) async throws(CopyError) -> RecordTally {
        try await requireComplete(source)
        let before = try await position(of: source)
        var filler = try await filler(of: target, reason: "store migrate")
        try await source.forEachPage(CopyError.source) { page throws(CopyError) in
            do throws(FillingError) { try await filler.add(page) } catch { throw .filling(error) }
        }
        // A change behind the copy would be lost with the source: the operator must stop what makes it first.
        guard try await position(of: source) == before else { throw .changedMeanwhile }
        do throws(FillingError) { return try await filler.finish() } catch { throw .filling(error) }
    }

    private static func requireComplete(_ store: any SnapshottingStore) async throws(CopyError) {
        let reason: String?
        do throws(StorageError) {
            reason = try await IncompleteStore.reason(of: store)
        } catch {
            throw .source(error)
        }
        if let reason { throw .incomplete(reason) }
    }

    private static func filler(
        of store: any SnapshottingStore,
        reason: String
    ) async throws(CopyError) -> StoreFiller {
        do throws(FillingError) {
            return try await StoreFiller(store, reason: reason)
        } catch {
            throw .filling(error)
        }
    }

    private static func next(_ reader: inout BackupReader) throws(CopyError) -> [Record]? {
        do throws(BackupError) { return try reader.next() } catch { throw .backup(error) }
    }

    private static func position(of store: any SnapshottingStore) async throws(CopyError) -> Int64 {
        do throws(StorageError) { return try await store.latestChange() } catch { throw .source(error) }
    }
}

/// Why a copy of a store was not made.
package enum CopyError: Error, Equatable {
    /// The store to be copied is itself half filled, by what the text names.
    case incomplete(String)
    case backup(BackupError)
    /// The store to be copied cannot be read.
    case source(StorageError)
    case filling(FillingError)
    /// The source was changed while it was copied.
    case changedMeanwhile
}
