import AWSProtocol
package import Operations
package import Storage

package import struct Foundation.Date

/// Does what keys have waiting: rotations, expiries of imported material, deletions.
///
/// Any number of nodes may run one. A task is done in a commit that fails if the key changed meanwhile, and
/// done again only if it is still due, so each is carried out exactly once.
package struct KeyScheduler: Sendable {
    /// Tasks carried out in one run; more wait for the next.
    package static let tasksPerRunMax = 1000

    private static let pageSize = 200

    private let kms: KeyManagementService
    private let recorder: AuditRecorder
    private let onFailure: @Sendable (RecordKey, KMSError) -> Void

    /// Makes the scheduler of a node.
    ///
    /// - Parameters:
    ///   - kms: The service whose keys are looked after.
    ///   - recorder: Where the events of its acts go.
    ///   - onFailure: Told of every record that stopped its task, or its event; the others go on. It is tried
    ///     again in the next run.
    package init(
        _ kms: KeyManagementService,
        recorder: AuditRecorder,
        onFailure: @escaping @Sendable (RecordKey, KMSError) -> Void
    ) {
        self.kms = kms
        self.recorder = recorder
        self.onFailure = onFailure
    }

    /// Carries out what is due, writes its events to the trail, and writes down when keys were last used.
    ///
    /// - Returns: How many tasks were carried out; `tasksPerRunMax` means that more may wait.
    /// - Throws: `.auditUnavailable` when the trail cannot be written: no audit, no change. `.storage` when
    ///   the store as a whole fails.
    package func runDueTasks(at now: Date) async throws(KMSError) -> Int {
        do throws(WireError) {
            try recorder.requireWritable()
        } catch {
            throw .auditUnavailable
        }
        let count = try await carryOutTasks(at: now)
        let publisher = ServiceEventPublisher(kms: kms, recorder: recorder, onFailure: onFailure)
        try await publisher.publishAll(at: now)
        try await kms.flushLastUsage()
        return count
    }

    private func carryOutTasks(at now: Date) async throws(KMSError) -> Int {
        var count = 0
        var after: String?
        while true {
            let page = try await storing { [after] () async throws(StorageError) in
                try await kms.store.scan(.schedule, prefix: "", after: after, limit: Self.pageSize)
            }
            for record in page {
                guard count < Self.tasksPerRunMax, !Task.isCancelled else { return count }
                do throws(KMSError) {
                    guard let task = DueTask(record.key) else {
                        throw .storage(.corrupted(.record(record.key)))
                    }
                    guard task.date <= now else { return count }
                    if try await carryOut(task, at: now) {
                        count += 1
                    } else {
                        try await dropIfObsolete(task, record)
                    }
                } catch {
                    guard error.concernsOneRecord else { throw error }
                    onFailure(record.key, error)
                }
            }
            guard page.count == Self.pageSize else { return count }
            after = page.last?.key.key
        }
    }

    private func carryOut(_ task: DueTask, at now: Date) async throws(KMSError) -> Bool {
        switch task.kind {
        case .delete: return try await kms.eraseIfDue(task.key, at: now)
        case .expire: return try await kms.expireMaterial(of: task.key, at: now)
        case .rotate: return try await kms.rotateIfDue(task.key, at: now)
        case .erase:
            try await kms.finishErasure(task)
            return false
        }
    }

    /// Forgets a task that its key does not have, or not at this time; those it has are written again.
    private func dropIfObsolete(_ task: DueTask, _ record: Record) async throws(KMSError) {
        guard task.kind != .erase else { return }
        let found = try await kms.readKey(task.key)
        let tasks = found?.0.dueTasks.map(\.recordKey) ?? []
        guard !tasks.contains(record.key) else { return }
        let unchanged = Write.check(
            task.key.recordKey,
            expecting: found.map { .version($0.version) } ?? .absent
        )
        _ = try await kms.commitUnlessOvertaken(
            [unchanged, .delete(record.key, expecting: .version(record.version))]
                + tasks.map { .put($0, [], expecting: .any) }
        )
    }
}

extension KMSError {
    /// Whether an error lies in one record, so that work on others can go on.
    var concernsOneRecord: Bool {
        switch self {
        case .auditUnavailable, .storage(.unavailable), .storage(.full), .storage(.closed): false
        default: true
        }
    }
}
