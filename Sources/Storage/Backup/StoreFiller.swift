/// Fills an empty store with records, all or nothing, also across a crash.
///
/// The store carries the mark of ``IncompleteStore`` from the first write to the last. Every batch demands that
/// the mark is still this filler's and that its records are absent, so two fillers, or a filler and a server,
/// never mix what they write.
package struct StoreFiller {
    /// Large batches are fast, and small enough that none of them fills the memory.
    private static let batchBytesMax = 4 << 20

    private let store: any SnapshottingStore
    /// The version of this filler's mark.
    private let markVersion: Int64
    /// The change that this filler made last.
    private var latest: Int64
    private var tally = RecordTally()
    private var waiting: [Write] = []
    private var waitingBytes = 0

    /// Marks an empty store, or one that an unfinished filling left, whose records are removed.
    ///
    /// `reason` tells whoever finds the mark what was being done, as the command's name: `restore`.
    ///
    /// - Throws: `.notEmpty` for a store with records and without the mark, `.disturbed`, `.store`.
    package init(_ store: any SnapshottingStore, reason: String) async throws(FillingError) {
        let found = try await Self.attempt { () throws(StorageError) in
            try await store.read(IncompleteStore.mark)
        }
        if found == nil, try await Self.tally(of: store).records > 0 { throw .notEmpty }
        let write = Write.put(
            IncompleteStore.mark,
            Array(reason.utf8),
            expecting: found.map { .version($0.version) } ?? .absent
        )
        let result = try await Self.commit([write], to: store)
        guard let version = result.versions.first ?? nil else { throw .disturbed }
        self.store = store
        markVersion = version
        latest = version
        if found != nil { try await removeRecords() }
        // Who wrote between the first look and the mark shows here.
        guard try await Self.tally(of: store).records == 0 else { throw .disturbed }
    }

    /// Takes the next records, in the order of a snapshot.
    ///
    /// - Throws: `.disturbed`, `.unordered`, `.store`; the store stays marked.
    package mutating func add(_ records: [Record]) async throws(FillingError) {
        for record in records {
            guard tally.add(record) else { throw .unordered(record.key) }
            try await enqueue(.put(record.key, record.value, expecting: .absent), bytes: record.value.count)
        }
    }

    /// Reads the whole store back, compares it with what was added, and takes the mark away.
    ///
    /// - Returns: What the store holds now.
    /// - Throws: `.differs` when the store does not hold what was added, `.disturbed`, `.store`; the store stays
    ///   marked, unless the very last commit threw `.store(.unavailable)`.
    package mutating func finish() async throws(FillingError) -> RecordTally {
        try await flush()
        let store = store
        guard try await Self.tally(of: store) == tally else { throw .differs }
        let change = try await Self.attempt { () throws(StorageError) in try await store.latestChange() }
        guard change == latest else { throw .disturbed }
        _ = try await Self.commit(
            [.delete(IncompleteStore.mark, expecting: .version(markVersion))],
            to: store
        )
        return tally
    }

    private mutating func removeRecords() async throws(FillingError) {
        let store = store
        try await store.forEachPage(FillingError.store) { page throws(FillingError) in
            for record in page where record.key.kind != IncompleteStore.kind {
                try await enqueue(.delete(record.key, expecting: .version(record.version)), bytes: 0)
            }
        }
        try await flush()
    }

    private mutating func enqueue(_ write: Write, bytes: Int) async throws(FillingError) {
        waiting.append(write)
        waitingBytes += bytes
        // The check of the mark is a write too.
        let isFull = waiting.count == StorageLimits.batchWritesMax - 1 || waitingBytes >= Self.batchBytesMax
        if isFull { try await flush() }
    }

    private mutating func flush() async throws(FillingError) {
        guard !waiting.isEmpty else { return }
        let check = Write.check(IncompleteStore.mark, expecting: .version(markVersion))
        _ = try await Self.commit([check] + waiting, to: store)
        latest += Int64(waiting.count)
        waiting.removeAll(keepingCapacity: true)
        waitingBytes = 0
    }
}

/// Why a store was not filled.
package enum FillingError: Error, Hashable {
    case notEmpty
    /// Somebody else writes to the store.
    case disturbed
    /// The store holds something else than what was written to it.
    case differs
    /// A record that does not follow the one before, or came twice.
    case unordered(RecordKey)
    case store(StorageError)
}

extension FillingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notEmpty: "it has records already, and only an empty store is filled"
        case .disturbed: "somebody else writes to it: a server, or another restore"
        case .differs: "it does not hold what was written to it"
        case .unordered(let key): "the record \(key) came out of order"
        case .store(let error): error.description
        }
    }
}

// MARK: The store

extension StoreFiller {
    /// What a store holds at this moment, but for the mark.
    static func tally(of store: any SnapshottingStore) async throws(FillingError) -> RecordTally {
        var tally = RecordTally()
        try await store.forEachPage(FillingError.store) { page throws(FillingError) in
            for record in page where record.key.kind != IncompleteStore.kind {
                guard tally.add(record) else { throw .unordered(record.key) }
            }
        }
        return tally
    }

    private static func commit(
        _ batch: [Write],
        to store: any SnapshottingStore
    ) async throws(FillingError) -> CommitResult {
        do throws(StorageError) {
            return try await store.commit(batch)
        } catch {
            if case .conflict = error { throw .disturbed }
            throw .store(error)
        }
    }

    private static func attempt<Outcome: Sendable>(
        _ body: () async throws(StorageError) -> Outcome
    ) async throws(FillingError) -> Outcome {
        do throws(StorageError) { return try await body() } catch { throw .store(error) }
    }
}
