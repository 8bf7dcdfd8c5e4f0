import Foundation
import Synchronization

/// Gathers the commits of all tasks and writes those that wait together in one transaction.
///
/// Bringing a transaction to the server's disk costs the same for one batch as for hundreds. While one group
/// is being written the next one gathers; every caller goes on only when its own group is on the disk.
final class PostgreSQLWriter: Sendable {
    /// A group is closed at so many batches or bytes, so that its first caller does not wait for ever.
    static let groupBatchesMax = 512
    static let groupBytesMax = 8 << 20

    private struct State {
        var waiting = WaitingLine<Waiting>()
        var hasThread = false
        var isClosed = false
    }

    private struct Waiting: Sendable {
        let batch: [Write]
        let deadline: ContinuousClock.Instant
        let isTrial: Bool
        let caller: CheckedContinuation<Result<CommitResult, StorageError>, Never>
    }

    private let address: PostgreSQLAddress
    private let outage: PostgreSQLOutage
    private let changesKept: Int64
    private let notifies: Bool
    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)
    private let living = DispatchGroup()

    init(_ address: PostgreSQLAddress, outage: PostgreSQLOutage, changesKept: Int64, notifies: Bool) {
        self.address = address
        self.outage = outage
        self.changesKept = changesKept
        self.notifies = notifies
    }

    /// Queues a batch and waits until its transaction is on the server's disk.
    func commit(_ batch: [Write]) async throws(StorageError) -> CommitResult {
        let now = ContinuousClock.now
        let admission = outage.admission(at: now)
        if case .refused(let reason) = admission { throw StorageError(reason, of: address) }
        let outcome = await withCheckedContinuation { caller in
            let waiting = Waiting(
                batch: batch,
                deadline: now + PostgreSQLPool.patience,
                isTrial: admission.isTrial,
                caller: caller
            )
            if let refusal = enqueue(waiting) { caller.resume(returning: .failure(refusal)) }
        }
        return try outcome.get()
    }

    /// Turns later commits away and waits for those that were there before.
    func close() async {
        state.withLock { $0.isClosed = true }
        work.signal()
        await withCheckedContinuation { caller in
            living.notify(queue: .global()) { caller.resume() }
        }
    }

    private func enqueue(_ waiting: Waiting) -> StorageError? {
        let (refusal, needsThread) = state.withLock { state -> (StorageError?, Bool) in
            guard !state.isClosed else { return (.closed, false) }
            guard state.waiting.count < PostgreSQLPool.waitingMax else {
                return (.unavailable(reason: "\(state.waiting.count) commits wait for the database"), false)
            }
            state.waiting.append(waiting)
            defer { state.hasThread = true }
            if !state.hasThread { living.enter() }
            return (nil, !state.hasThread)
        }
        if needsThread { startThread() }
        if refusal == nil { work.signal() }
        return refusal
    }

    private func startThread() {
        let thread = Thread { [self] in
            serve()
            living.leave()
        }
        thread.name = "strongroom-pg-write"
        thread.start()
    }

    private func serve() {
        var session = PostgreSQLSession(address, outage: outage)
        while true {
            work.wait()
            while let group = nextGroup() { write(group, &session) }
            if state.withLock({ $0.isClosed && $0.waiting.count == 0 }) { break }
        }
        session.close()
    }

    private func nextGroup() -> [Waiting]? {
        state.withLock { state in
            var group: [Waiting] = []
            var bytes = 0
            while group.count < Self.groupBatchesMax, bytes < Self.groupBytesMax,
                let waiting = state.waiting.popFirst()
            {
                group.append(waiting)
                bytes += waiting.batch.reduce(0) { $0 + $1.valueByteCount }
            }
            return group.isEmpty ? nil : group
        }
    }

    /// Writes a group, and tells each of its callers what came of it.
    private func write(_ group: [Waiting], _ session: inout PostgreSQLSession) {
        let now = ContinuousClock.now
        let refusal = outage.refusal(at: now)
        var timely: [Waiting] = []
        for waiting in group {
            if let refusal, !waiting.isTrial {
                waiting.caller.resume(returning: .failure(StorageError(refusal, of: address)))
            } else if waiting.deadline <= now {
                let error = StorageError.unavailable(reason: "the database did not keep up")
                waiting.caller.resume(returning: .failure(error))
            } else {
                timely.append(waiting)
            }
        }
        guard !timely.isEmpty else { return }
        let outcomes = write(timely.map(\.batch), &session)
        for (waiting, outcome) in zip(timely, outcomes) { waiting.caller.resume(returning: outcome) }
    }

    private func write(
        _ batches: [[Write]],
        _ session: inout PostgreSQLSession
    ) -> [Result<CommitResult, StorageError>] {
        let deadline = ContinuousClock.now + PostgreSQLPool.patience
        do throws(PostgreSQLFailure) {
            return try session.perform(until: deadline) { connection throws(PostgreSQLFailure) in
                try PostgreSQLTransaction(
                    connection: connection,
                    changesKept: changesKept,
                    notifies: notifies,
                    deadline: deadline
                ).run(batches)
            }
        } catch {
            // One batch that the server does not take must not fail the others: each has its own transaction.
            guard error.concernsWhatIsWritten, batches.count > 1 else {
                let failure = StorageError(error, of: address)
                return batches.map { _ in .failure(failure) }
            }
            return batches.flatMap { write([$0], &session) }
        }
    }
}

extension Write {
    fileprivate var valueByteCount: Int {
        if case .put(_, let value, _) = self { value.count } else { 0 }
    }
}
