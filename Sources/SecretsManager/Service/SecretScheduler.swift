import AWSProtocol
package import Operations
package import Storage
import Trail

package import struct Foundation.Date

/// Erases secrets whose recovery window is over, and writes down when values were last read.
///
/// Any number of nodes may run one. A secret is erased in a commit that fails if it changed meanwhile, and only if
/// it is still due, so each is erased exactly once, and what was restored stays.
package struct SecretScheduler: Sendable {
    /// Tasks carried out in one run; more wait for the next.
    package static let tasksPerRunMax = 1000

    private static let pageSize = 200

    private let service: SecretsManagerService
    private let recorder: AuditRecorder
    private let onFailure: @Sendable (RecordKey, SecretsManagerError) -> Void

    /// Makes the scheduler of a node; `onFailure` is told of every record that stopped its task, which is tried
    /// again in the next run.
    package init(
        _ service: SecretsManagerService,
        recorder: AuditRecorder,
        onFailure: @escaping @Sendable (RecordKey, SecretsManagerError) -> Void
    ) {
        self.service = service
        self.recorder = recorder
        self.onFailure = onFailure
    }

    /// Carries out what is due.
    ///
    /// - Returns: How many secrets were erased; `tasksPerRunMax` means that more may wait.
    /// - Throws: `.auditUnavailable` when the trail cannot be written: no audit, no change. `.storage` when the
    ///   store as a whole fails.
    package func runDueTasks(at now: Date) async throws(SecretsManagerError) -> Int {
        do throws(WireError) {
            try recorder.requireWritable()
        } catch {
            throw .auditUnavailable
        }
        let count = try await eraseDueSecrets(at: now)
        try await publishEvents()
        try await service.flushAccesses()
        return count
    }

    private func eraseDueSecrets(at now: Date) async throws(SecretsManagerError) -> Int {
        var count = 0
        var after: String?
        while true {
            let page = try await storing { [after] () async throws(StorageError) in
                try await service.store.scan(
                    .secretSchedule,
                    prefix: "",
                    after: after,
                    limit: Self.pageSize
                )
            }
            for record in page {
                guard count < Self.tasksPerRunMax, !Task.isCancelled else { return count }
                do throws(SecretsManagerError) {
                    guard let task = DueDeletion(record.key) else {
                        throw .storage(.corrupted(.record(record.key)))
                    }
                    guard task.date <= now else { return count }
                    if try await erase(task, record, at: now) { count += 1 }
                } catch {
                    guard error.concernsOneRecord else { throw error }
                    onFailure(record.key, error)
                }
            }
            guard page.count == Self.pageSize else { return count }
            after = page.last?.key.key
        }
    }

    /// Erases a secret if it is still due; forgets a task that the secret does not have.
    private func erase(
        _ task: DueDeletion,
        _ record: Record,
        at now: Date
    ) async throws(SecretsManagerError) -> Bool {
        guard let (secret, version) = try await service.read(task.secret) else {
            _ = try await service.commitUnlessOvertaken([
                .check(task.secret.recordKey, expecting: .absent),
                .delete(record.key, expecting: .version(record.version)),
            ])
            return false
        }
        guard secret.indexEntries.contains(record.key), let deletion = secret.deletion, deletion.date <= now
        else {
            // Whatever wrote a wrong entry, the right ones are there afterwards.
            guard !secret.indexEntries.contains(record.key) else { return false }
            _ = try await service.commitUnlessOvertaken(
                [
                    .check(task.secret.recordKey, expecting: .version(version)),
                    .delete(record.key, expecting: .version(record.version)),
                ] + secret.indexEntries.map { .put($0, [], expecting: .any) }
            )
            return false
        }
        let event = SecretEvent(.endSecretVersionDelete, of: secret, at: now)
        let told = Write.put(event.recordKey, try RecordCodec.encode(event), expecting: .absent)
        return try await service.erase(secret, version: version, with: [told])
    }

    /// Moves events from the store to the trail, each at least once.
    private func publishEvents() async throws(SecretsManagerError) {
        while true {
            let page = try await storing { () async throws(StorageError) in
                try await service.store.scan(.secretEvent, prefix: "", after: nil, limit: Self.pageSize)
            }
            for record in page {
                let event = try RecordCodec.decode(SecretEvent.self, from: record)
                do throws(WireError) {
                    try recorder.record(AuditEvent(event))
                } catch {
                    throw .auditUnavailable
                }
                _ = try await service.commitUnlessOvertaken([.delete(record.key, expecting: .any)])
            }
            guard page.count == Self.pageSize else { return }
        }
    }
}
