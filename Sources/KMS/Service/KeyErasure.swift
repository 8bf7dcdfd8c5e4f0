import Cryptography
import Foundation
import Storage

/// The end of a key: its record and material, its aliases, grants, indexes and usage, all of it.
extension KeyManagementService {
    /// Grants erased in one commit; each has up to three records.
    private static let grantBatchSize = 300

    /// Erases a key whose waiting period is over.
    ///
    /// One commit takes the key, its material and its aliases; what may be many follows in further ones, and
    /// a task is left behind until they are done.
    /// - Returns: Whether the period was over and the key was there.
    func eraseIfDue(_ locator: KeyLocator, at now: Date) async throws(KMSError) -> Bool {
        let remains = DueTask(.erase, at: now, of: locator)
        let aliases = try await changeFamily(of: locator) { family throws(KMSError) -> [AliasLocator]? in
            guard let date = family.key.state.deletionDate, date <= now else { return nil }
            let aliases = family.key.aliases.map { AliasLocator(family.key.account, locator.region, $0) }
            family.eraseKey()
            family.leaveFamily(at: now)
            for alias in aliases { family.write(.delete(alias.recordKey, expecting: .any)) }
            family.write(.delete(locator.usageRecordKey, expecting: .any))
            family.write(.put(remains.recordKey, [], expecting: .any))
            try family.announce(ServiceEvent(.deleteKey, of: family.key, at: now))
            return aliases
        }
        guard let erased = aliases.flatMap({ $0 }) else { return false }
        lastUsage.forget(locator)
        for alias in erased { cache.drop(alias) }
        try await finishErasure(remains)
        return true
    }

    /// Erases what a key has left, then the task that says so.
    func finishErasure(_ task: DueTask) async throws(KMSError) {
        try await eraseRemains(of: task.key)
        _ = try await commitUnlessOvertaken([.delete(task.recordKey, expecting: .any)])
    }

    /// Erases the grants of a key that is no more; does nothing while there is such a key.
    func eraseRemains(of locator: KeyLocator) async throws(KMSError) {
        for kind in [RecordKind.grant, .grantName] {
            while true {
                let page = try await storing { () async throws(StorageError) in
                    try await store.scan(
                        kind,
                        prefix: locator.grantPrefix,
                        after: nil,
                        limit: Self.grantBatchSize
                    )
                }
                // Looked at after the scan: what was found cannot belong to a replica made since.
                guard !page.isEmpty, try await readKey(locator) == nil else { break }
                _ = try await commitUnlessOvertaken(page.flatMap(Self.erasure))
            }
        }
        cache.drop([locator])
    }

    /// The writes that erase a grant, or the index of its name.
    private static func erasure(of record: Record) -> [Write] {
        let plain = [Write.delete(record.key, expecting: .any)]
        guard record.key.kind == .grant else { return plain }
        do throws(KMSError) {
            return try RecordCodec.decode(KeyGrant.self, from: record).erasure
        } catch {
            // A grant that cannot be read is erased all the same.
            return plain
        }
    }

    /// Commits writes with preconditions.
    ///
    /// - Returns: False when another change came first and nothing was written.
    func commitUnlessOvertaken(_ writes: [Write]) async throws(KMSError) -> Bool {
        guard !writes.isEmpty else { return true }
        do throws(StorageError) {
            _ = try await store.commit(writes)
            return true
        } catch .conflict {
            return false
        } catch {
            throw .storage(error)
        }
    }
}

extension KeyFamily {
    /// What the other Regions learn of a key's erasure: a primary that only waited for its last replica
    /// starts its own waiting period (ScheduleKeyDeletion).
    fileprivate mutating func leaveFamily(at now: Date) {
        updateAll { member in
            guard case .pendingReplicaDeletion(let days) = member.state,
                member.multiRegion?.replicas.isEmpty == true
            else { return }
            member.state = .pendingDeletion(at: now.addingTimeInterval(Double(days) * secondsPerDay))
        }
        refreshPendingMaterial()
    }
}
