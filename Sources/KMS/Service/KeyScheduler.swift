package import Operations
package import Scheduling
package import Storage

package import struct Foundation.Date

/// The scheduler of keys.
package typealias KeyScheduler = Scheduler<KeyTasks>

extension KeyScheduler {
    package init(
        _ kms: KeyManagementService,
        recorder: AuditRecorder,
        onFailure: @escaping @Sendable (RecordKey, KMSError) -> Void
    ) {
        self.init(KeyTasks(kms: kms), recorder: recorder, onFailure: onFailure)
    }
}

/// What keys have waiting: rotations, expiries of imported material, deletions.
package struct KeyTasks: ScheduledTasks {
    let kms: KeyManagementService

    package typealias Event = ServiceEvent

    package static var schedule: RecordKind { .schedule }
    package static var pendingEvents: RecordKind { .serviceEvent }

    package var store: any RecordStore { kms.store }

    package static func date(of task: RecordKey) -> Date? { DueTask(task)?.date }

    package func carryOut(_ record: Record, at now: Date) async throws(KMSError) -> Bool {
        guard let task = DueTask(record.key) else { return false }
        let isDone =
            switch task.kind {
            case .delete: try await kms.eraseIfDue(task.key, at: now)
            case .expire: try await kms.expireMaterial(of: task.key, at: now)
            case .rotate: try await kms.rotateIfDue(task.key, at: now)
            case .erase: false
            }
        if task.kind == .erase {
            try await kms.finishErasure(task)
        } else if !isDone {
            try await dropIfObsolete(task, record)
        }
        return isDone
    }

    package func flush() async throws(KMSError) { try await kms.flushLastUsage() }

    /// Forgets a task that its key does not have, or not at this time; those it has are written again.
    private func dropIfObsolete(_ task: DueTask, _ record: Record) async throws(KMSError) {
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

extension KMSError: SchedulingFailure {
    package var concernsOneRecord: Bool {
        switch self {
        case .auditUnavailable, .storage(.unavailable), .storage(.full), .storage(.closed): false
        default: true
        }
    }
}
