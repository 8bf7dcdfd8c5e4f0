import AWSProtocol
import Operations
import Storage
package import Trail

package import struct Foundation.Date

/// Something a service did by itself, on its way to the trail.
///
/// It is committed with the change it tells of and leaves the store when the trail has it, so neither a crash nor a
/// trail that cannot be written loses one.
package protocol PendingEvent: Codable, Sendable {
    /// Until when the node that is writing the event has it to itself.
    var claimedUntil: Date? { get set }

    /// The event's CloudTrail record, which has the same id however often it is written.
    var auditEvent: AuditEvent { get }
}

/// Moves events from the store to the trail.
///
/// A node claims an event for a minute before it writes it, so that nodes do not write the same one. Only a crash
/// between the write and the removal has an event written again, with the same id, when the minute is over;
/// CloudTrail, too, promises delivery at least once.
struct EventOutbox<Tasks: ScheduledTasks> {
    typealias Failure = Tasks.Failure

    let store: any RecordStore
    let recorder: AuditRecorder
    /// Told of every record that could not be published; the others are.
    let onFailure: @Sendable (RecordKey, Failure) -> Void

    private static var claimSeconds: Double { 60 }
    private static var pageSize: Int { 100 }

    /// Publishes what waits.
    ///
    /// - Throws: `.auditUnavailable` when the trail takes no more, `.storage` when the store fails.
    func publishAll(at now: Date) async throws(Failure) {
        var after: String?
        while true {
            let page = try await Failure.storing { [after] () async throws(StorageError) in
                try await store.scan(Tasks.pendingEvents, prefix: "", after: after, limit: Self.pageSize)
            }
            for record in page {
                do throws(Failure) {
                    try await publish(record, at: now)
                } catch {
                    guard error.concernsOneRecord else { throw error }
                    onFailure(record.key, error)
                }
            }
            guard page.count == Self.pageSize else { return }
            after = page.last?.key.key
        }
    }

    private func publish(_ record: Record, at now: Date) async throws(Failure) {
        var event = try await Failure.storing { () throws(StorageError) in
            try RecordCoding.decode(Tasks.Event.self, from: record)
        }
        if let until = event.claimedUntil, until > now { return }
        event.claimedUntil = now.addingTimeInterval(Self.claimSeconds)
        // A conflict means that another node has it.
        guard try await put(event, record.key, expecting: .version(record.version)) else { return }
        do throws(WireError) {
            try recorder.record(event.auditEvent)
        } catch {
            event.claimedUntil = nil
            _ = try await put(event, record.key, expecting: .any)
            throw .auditUnavailable
        }
        _ = try await commit(.delete(record.key, expecting: .any))
    }

    private func put(
        _ event: Tasks.Event,
        _ key: RecordKey,
        expecting expected: Expectation
    ) async throws(Failure) -> Bool {
        let value = try await Failure.storing { () throws(StorageError) in try RecordCoding.encode(event) }
        return try await commit(.put(key, value, expecting: expected))
    }

    /// False when another change came first and nothing was written.
    private func commit(_ write: Write) async throws(Failure) -> Bool {
        do throws(StorageError) {
            _ = try await store.commit([write])
            return true
        } catch .conflict {
            return false
        } catch {
            throw .storage(error)
        }
    }
}
