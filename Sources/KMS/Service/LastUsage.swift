package import AWSProtocol
package import Authorization
import Cryptography
import Operations
import Storage
import Synchronization

package import struct Foundation.Date

/// The last successful cryptographic operation with a key.
package struct LastUsage: Hashable, Sendable, Codable {
    package let operation: String
    package let date: Date
    package let eventID: EventID
    package let requestID: RequestID

    fileprivate var second: Int64 { Int64(date.timeIntervalSince1970) }
}

/// Remembers the last use of each key in memory until the scheduler writes it down.
///
/// A crash loses at most the uses since the last write, a minute by default; the trail has them all.
final class LastUsageTracker: Sendable {
    private let pending = Mutex<[KeyLocator: LastUsage]>([:])

    /// A use by the same operation within the same second as the one remembered is not noted again.
    func note(_ operation: String, of key: KeyLocator, by call: Call) {
        let usage = LastUsage(
            operation: operation,
            date: call.now,
            eventID: call.eventID,
            requestID: call.requestID
        )
        pending.withLock { pending in
            if let known = pending[key], known.operation == operation, known.second == usage.second { return }
            pending[key] = usage
        }
    }

    func pendingUsage(of key: KeyLocator) -> LastUsage? {
        pending.withLock { $0[key] }
    }

    /// All that is not written down yet; it stays until `forget` is told it was.
    func snapshot() -> [KeyLocator: LastUsage] {
        pending.withLock { $0 }
    }

    /// Drops the use of a key that is no more.
    func forget(_ key: KeyLocator) {
        pending.withLock { $0[key] = nil }
    }

    /// Drops what was written, unless a newer use came meanwhile.
    func forget(_ written: [KeyLocator: LastUsage]) {
        pending.withLock { pending in
            for (key, usage) in written where pending[key] == usage { pending[key] = nil }
        }
    }
}

extension KeyManagementService {
    /// The last use of a key, on any node as of its last write; nil when none was seen.
    func lastUsage(of key: KeyLocator) async throws(KMSError) -> LastUsage? {
        let record = try await storing { () async throws(StorageError) in
            try await store.read(key.usageRecordKey)
        }
        let stored = try record.map { record throws(KMSError) in
            try RecordCodec.decode(LastUsage.self, from: record)
        }
        return [stored, lastUsage.pendingUsage(of: key)].compactMap { $0 }.max { $0.date < $1.date }
    }

    /// Writes down the uses that are only in memory; those of keys that were erased are forgotten.
    ///
    /// What another node overtook, or cannot be read, waits for the next time.
    package func flushLastUsage() async throws(KMSError) {
        let pending = Array(lastUsage.snapshot())
        for start in stride(from: 0, to: pending.count, by: Self.usageBatchSize) {
            var batch: [KeyLocator: LastUsage] = [:]
            var writes: [Write] = []
            for (key, usage) in pending[start..<min(start + Self.usageBatchSize, pending.count)] {
                do throws(KMSError) {
                    if let write = try await usageWrite(usage, of: key) { writes.append(write) }
                    batch[key] = usage
                } catch {
                    guard error.concernsOneRecord else { throw error }
                }
            }
            if try await commitUnlessOvertaken(writes) { lastUsage.forget(batch) }
        }
    }

    private static let usageBatchSize = 200

    /// Nil when there is nothing to write: the key is gone, or the store knows of a later use.
    private func usageWrite(_ usage: LastUsage, of key: KeyLocator) async throws(KMSError) -> Write? {
        let records = try await storing { () async throws(StorageError) in
            try await store.read([key.recordKey, key.usageRecordKey])
        }
        guard records.first.flatMap({ $0 }) != nil else { return nil }
        guard let stored = records.last.flatMap({ $0 }) else {
            return .put(key.usageRecordKey, try RecordCodec.encode(usage), expecting: .absent)
        }
        guard try RecordCodec.decode(LastUsage.self, from: stored).date < usage.date else { return nil }
        return .put(
            key.usageRecordKey,
            try RecordCodec.encode(usage),
            expecting: .version(stored.version)
        )
    }
}

// MARK: Conditions

extension ResolvedKey {
    /// The condition keys that tell how long a key was not used, for DisableKey and ScheduleKeyDeletion.
    ///
    /// The reference must have been made `withLastUsage`. A key that was never used counts from its creation.
    package func usageCondition(_ condition: ConditionKey, at now: Date) -> ConditionValues? {
        guard condition.name == "kms:trailingdayswithoutkeyusage" else { return nil }
        let since = now.timeIntervalSince(lastUsage?.date ?? key.createdAt)
        return .single(String(max(0, Int(since / secondsPerDay))))
    }
}
