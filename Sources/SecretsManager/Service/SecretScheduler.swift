package import Operations
package import Scheduling
package import Storage

package import struct Foundation.Date

/// The scheduler of secrets.
package typealias SecretScheduler = Scheduler<SecretTasks>

extension SecretScheduler {
    package init(
        _ service: SecretsManagerService,
        recorder: AuditRecorder,
        onFailure: @escaping @Sendable (RecordKey, SecretsManagerError) -> Void
    ) {
        self.init(SecretTasks(service: service), recorder: recorder, onFailure: onFailure)
    }
}

/// Erasing secrets whose recovery window is over, and writing down when values were last read.
package struct SecretTasks: ScheduledTasks {
    let service: SecretsManagerService

    package typealias Event = SecretEvent

    package static var schedule: RecordKind { .secretSchedule }
    package static var pendingEvents: RecordKind { .secretEvent }

    package var store: any RecordStore { service.store }

    package static func date(of task: RecordKey) -> Date? { DueDeletion(task)?.date }

    /// Erases a secret if it is still due, so that what was restored stays; forgets a task that the secret does not
    /// have.
    package func carryOut(_ record: Record, at now: Date) async throws(SecretsManagerError) -> Bool {
        guard let task = DueDeletion(record.key) else { return false }
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

    package func flush() async throws(SecretsManagerError) { try await service.flushAccesses() }
}
