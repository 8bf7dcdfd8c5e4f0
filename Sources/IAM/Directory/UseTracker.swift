import Synchronization

import struct Foundation.Date

/// A note of when something was used.
protocol DatedUse: Hashable, Sendable {
    var date: Date { get }
}

extension AccessKeyUse: DatedUse {}
extension RoleUse: DatedUse {}

/// Remembers the last use of each access key or role until it is written down.
///
/// A use within the same minute as the one remembered is not noted again: IAM tells last uses with a
/// precision of minutes at best.
final class UseTracker<Subject: Hashable & Sendable, Use: DatedUse>: Sendable {
    private struct State {
        var pending: [Subject: Use] = [:]
        var written: [Subject: Int64] = [:]
    }

    private let state = Mutex(State())

    func note(_ subject: Subject, at now: Date, _ use: () -> Use) {
        let minute = Self.minute(of: now)
        state.withLock { state in
            if let known = state.pending[subject], Self.minute(of: known.date) == minute { return }
            if state.written[subject] == minute { return }
            state.pending[subject] = use()
        }
    }

    /// All that is not written down yet; it stays until `forget` is told it was.
    func pending() -> [Subject: Use] {
        state.withLock { $0.pending }
    }

    /// Drops what was written, unless a newer use came meanwhile.
    func forget(_ written: [Subject: Use]) {
        state.withLock { state in
            // Only the last minute's matter: they spare the next note a write.
            state.written = written.mapValues { Self.minute(of: $0.date) }
            for (subject, use) in written where state.pending[subject] == use { state.pending[subject] = nil }
        }
    }

    private static func minute(of date: Date) -> Int64 { Int64(date.timeIntervalSince1970 / 60) }
}
