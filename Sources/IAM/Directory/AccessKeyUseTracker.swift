import AWSProtocol
import Synchronization

import struct Foundation.Date

/// Remembers the last use of each access key until it is written down.
///
/// A use within the same minute as the one remembered is not noted again: IAM tells last uses with a
/// precision of minutes at best.
final class AccessKeyUseTracker: Sendable {
    private struct State {
        var pending: [AccessKeyID: AccessKeyUse] = [:]
        var written: [AccessKeyID: Int64] = [:]
    }

    private let state = Mutex(State())

    func note(_ id: AccessKeyID, service: String, region: Region, at now: Date) {
        let minute = Self.minute(of: now)
        state.withLock { state in
            if let known = state.pending[id], Self.minute(of: known.date) == minute { return }
            if state.written[id] == minute { return }
            state.pending[id] = AccessKeyUse(date: now, service: service, region: region.description)
        }
    }

    /// All that is not written down yet; it stays until `forget` is told it was.
    func pending() -> [AccessKeyID: AccessKeyUse] {
        state.withLock { $0.pending }
    }

    /// Drops what was written, unless a newer use came meanwhile.
    func forget(_ written: [AccessKeyID: AccessKeyUse]) {
        state.withLock { state in
            // Only the last minute's matter: they spare the next note a write.
            state.written = written.mapValues { Self.minute(of: $0.date) }
            for (id, use) in written where state.pending[id] == use { state.pending[id] = nil }
        }
    }

    private static func minute(of date: Date) -> Int64 { Int64(date.timeIntervalSince1970 / 60) }
}
