import GRDB
import Synchronization

/// Gathers the commits of all tasks and writes those that wait together in one transaction.
///
/// Bringing a transaction to the disk costs the same for one batch as for hundreds. While one group is being
/// written the next one gathers; every caller goes on only when its own group is on the disk.
final class SQLiteWriter: Sendable {
    /// A queue this long means that the disk does not keep up; more callers are turned away.
    static let waitingMax = 10_000
    /// A group is closed at so many batches or bytes, so that its first caller does not wait for ever.
    static let groupBatchesMax = 512
    static let groupBytesMax = 8 << 20

    /// What ``close`` and ``commit`` share.
    private struct Queue: Sendable {
        var waiting: [Waiting] = []
        /// Whether the writer's thread has been told to look at the queue and has not found it empty since.
        var isServed = false
        var isClosed = false
    }

    private struct Waiting: Sendable {
        let batch: [Write]
        let caller: CheckedContinuation<Result<CommitResult, StorageError>, Never>
    }

    private let database: DatabasePool
    private let checkpointer: SQLiteCheckpointer
    private let path: String
    private let changesKept: Int64
    private let recent: RecentChanges
    private let queue = Mutex(Queue())

    init(
        database: DatabasePool,
        checkpointer: SQLiteCheckpointer,
        path: String,
        changesKept: Int64,
        recent: RecentChanges
    ) {
        self.database = database
        self.checkpointer = checkpointer
        self.path = path
        self.changesKept = changesKept
        self.recent = recent
    }

    var isClosed: Bool { queue.withLock { $0.isClosed } }

    /// Turns later commits away; false when that was done already.
    func stopAccepting() -> Bool {
        queue.withLock { queue in
            defer { queue.isClosed = true }
            return !queue.isClosed
        }
    }

    /// Queues a batch and waits until its transaction is on the disk.
    func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult {
        let outcome = await withCheckedContinuation { caller in
            switch enqueue(Waiting(batch: batch, caller: caller)) {
            case .queued: break
            case .queuedFirst: database.asyncWriteWithoutTransaction { self.serve($0) }
            case .refused(let error): caller.resume(returning: .failure(error))
            }
        }
        return try outcome.get()
    }

    private enum Admission {
        case queued
        case queuedFirst
        case refused(StorageError)
    }

    private func enqueue(_ waiting: Waiting) -> Admission {
        queue.withLock { queue in
            guard !queue.isClosed else { return .refused(.closed) }
            guard queue.waiting.count < Self.waitingMax else {
                return .refused(.unavailable(reason: "\(Self.waitingMax) commits wait for the disk"))
            }
            queue.waiting.append(waiting)
            defer { queue.isServed = true }
            return queue.isServed ? .queued : .queuedFirst
        }
    }

    /// Writes group after group until nobody waits; runs on the writer's thread.
    private func serve(_ db: Database) {
        while let group = nextGroup() {
            let outcomes = write(group.map(\.batch), in: db)
            for (waiting, outcome) in zip(group, outcomes) { waiting.caller.resume(returning: outcome) }
            checkpointer.committed(db)
        }
    }

    private func nextGroup() -> [Waiting]? {
        queue.withLock { queue in
            var bytes = 0
            let count = queue.waiting.prefix(Self.groupBatchesMax).prefix { waiting in
                defer { bytes += waiting.batch.reduce(0) { $0 + $1.valueByteCount } }
                return bytes < Self.groupBytesMax
            }.count
            guard count > 0 else {
                queue.isServed = false
                return nil
            }
            guard count == queue.waiting.count else {
                let group = Array(queue.waiting.prefix(count))
                queue.waiting.removeFirst(count)
                return group
            }
            // Without a copy, as nearly always.
            defer { queue.waiting = [] }
            return queue.waiting
        }
    }

    private func write(_ batches: [[Write]], in db: Database) -> [Result<CommitResult, StorageError>] {
        do {
            let written = try SQLiteTransaction(db: db, changesKept: changesKept).run(batches)
            recent.append(written.changes, after: written.before)
            return written.outcomes
        } catch {
            let failure = StorageError(error, path: path)
            // One large batch may have filled the disk for the small ones: give each its own transaction.
            guard failure == .full, batches.count > 1 else {
                return batches.map { _ in .failure(failure) }
            }
            return batches.flatMap { write([$0], in: db) }
        }
    }
}

extension Write {
    fileprivate var valueByteCount: Int {
        if case .put(_, let value, _) = self { value.count } else { 0 }
    }
}
