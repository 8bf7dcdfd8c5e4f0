import Operations
import Storage
import Synchronization

import struct Foundation.Date

/// Remembers in memory on which day values were read, until the scheduler writes it down.
///
/// A crash loses at most the reads since the last write; the trail has them all.
final class AccessTracker: Sendable {
    private struct Access: Hashable {
        let secret: SecretLocator
        let suffix: SecretSuffix
        let version: String
    }

    private let pending = Mutex<[Access: Date]>([:])

    /// The day of a moment: AWS shows no more (Secrets Manager API Reference, DescribeSecret).
    static func day(of date: Date) -> Date {
        Date(timeIntervalSince1970: (date.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400)
    }

    /// Notes a read, unless the secret says already that it was read on this day.
    func note(_ version: SecretVersion, of snapshot: SecretSnapshot, at now: Date) {
        if let known = version.accessedOn, now.timeIntervalSince(known) < 86_400, now >= known { return }
        let day = Self.day(of: now)
        guard snapshot.isFirstRead(of: version.id, on: day) else { return }
        let secret = snapshot.secret
        let access = Access(secret: secret.locator, suffix: secret.suffix, version: version.id)
        pending.withLock { $0[access] = day }
    }

    /// The secret with the reads that are not written down yet.
    func applied(to secret: Secret) -> Secret {
        var secret = secret
        let known = pending.withLock { pending in
            pending.filter { $0.key.secret == secret.locator && $0.key.suffix == secret.suffix }
        }
        for (access, day) in known { secret.noteAccess(of: access.version, on: day) }
        return secret
    }

    /// All that is not written down yet, by secret.
    func waiting() -> [SecretLocator: [String: Date]] {
        pending.withLock { pending in
            var waiting: [SecretLocator: [String: Date]] = [:]
            for (access, day) in pending { waiting[access.secret, default: [:]][access.version] = day }
            return waiting
        }
    }

    /// Drops what was written of a secret, unless a newer read came meanwhile.
    func forget(_ secret: SecretLocator, _ written: [String: Date]) {
        pending.withLock { pending in
            for (access, day) in pending where access.secret == secret {
                if let known = written[access.version], known >= day { pending[access] = nil }
            }
        }
    }
}

extension Secret {
    mutating func noteAccess(of version: String, on day: Date) {
        guard let index = versions.firstIndex(where: { $0.id == version }) else { return }
        versions[index].accessedOn = [versions[index].accessedOn, day].compactMap { $0 }.max()
        accessedOn = [accessedOn, day].compactMap { $0 }.max()
    }
}

extension SecretsManagerService {
    /// Writes down on which days values were read; what another change overtakes waits for the next time.
    package func flushAccesses() async throws(SecretsManagerError) {
        for (locator, days) in accesses.waiting() {
            guard case (var secret, let version)? = try await read(locator) else {
                accesses.forget(locator, days)
                continue
            }
            for (id, day) in days { secret.noteAccess(of: id, on: day) }
            let write = Write.put(
                locator.recordKey,
                try RecordCodec.encode(secret),
                expecting: .version(version)
            )
            guard try await commitUnlessOvertaken([write]) else { continue }
            cache.drop([locator.recordKey])
            accesses.forget(locator, days)
        }
    }
}
