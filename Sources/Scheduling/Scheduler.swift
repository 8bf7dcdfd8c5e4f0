import AWSProtocol
package import Operations
package import Storage

package import struct Foundation.Date

/// Does what a service has waiting, and writes the events of its acts to the trail.
///
/// Any number of nodes may run one: each task is carried out exactly once.
package struct Scheduler<Tasks: ScheduledTasks>: Sendable {
    package typealias Failure = Tasks.Failure

    /// Tasks carried out in one run; more wait for the next.
    package static var tasksPerRunMax: Int { 1000 }

    private static var pageSize: Int { 200 }

    private let tasks: Tasks
    private let recorder: AuditRecorder
    private let onFailure: @Sendable (RecordKey, Failure) -> Void

    /// Makes the scheduler of a node.
    ///
    /// - Parameters:
    ///   - tasks: What is to be done.
    ///   - recorder: Where the events of its acts go.
    ///   - onFailure: Told of every record that stopped its task, or its event; the others go on. It is tried again
    ///     in the next run.
    package init(
        _ tasks: Tasks,
        recorder: AuditRecorder,
        onFailure: @escaping @Sendable (RecordKey, Failure) -> Void
    ) {
        self.tasks = tasks
        self.recorder = recorder
        self.onFailure = onFailure
    }

    /// Carries out what is due, writes its events to the trail, and writes down what waits in memory.
    ///
    /// - Returns: How many tasks were carried out; `tasksPerRunMax` means that more may wait.
    /// - Throws: `.auditUnavailable` when the trail cannot be written: no audit, no change. `.storage` when the store
    ///   as a whole fails.
    package func runDueTasks(at now: Date) async throws(Failure) -> Int {
        do throws(WireError) {
            try recorder.requireWritable()
        } catch {
            throw .auditUnavailable
        }
        let count = try await carryOutTasks(at: now)
        let outbox = EventOutbox<Tasks>(store: tasks.store, recorder: recorder, onFailure: onFailure)
        try await outbox.publishAll(at: now)
        try await tasks.flush()
        return count
    }

    private func carryOutTasks(at now: Date) async throws(Failure) -> Int {
        var count = 0
        var after: String?
        while true {
            let page = try await Failure.storing { [after] () async throws(StorageError) in
                try await tasks.store.scan(Tasks.schedule, prefix: "", after: after, limit: Self.pageSize)
            }
            for record in page {
                guard count < Self.tasksPerRunMax, !Task.isCancelled else { return count }
                do throws(Failure) {
                    guard let date = Tasks.date(of: record.key) else {
                        throw .storage(.corrupted(.record(record.key)))
                    }
                    guard date <= now else { return count }
                    if try await tasks.carryOut(record, at: now) { count += 1 }
                } catch {
                    guard error.concernsOneRecord else { throw error }
                    onFailure(record.key, error)
                }
            }
            guard page.count == Self.pageSize else { return count }
            after = page.last?.key.key
        }
    }
}
