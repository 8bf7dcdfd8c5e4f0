import Operations
import Synchronization

import struct Foundation.Date

/// How the work beside the requests goes on.
final class BackgroundMeter: Sendable {
    struct Reading: Sendable {
        /// Nil before the first time.
        let feedAgeSeconds: Double?
        let tasksDone: UInt64
        let tasksFailed: UInt64
        /// The end of the last run that did not fail; nil before it.
        let lastRun: Date?
    }

    private struct State {
        var feedRead: MonotonicTime?
        var tasksDone: UInt64 = 0
        var tasksFailed: UInt64 = 0
        var lastRun: Date?
    }

    private let state = Mutex(State())

    func feedWasRead() { state.withLock { $0.feedRead = .now } }

    func tasksWereRun(_ count: Int, at date: Date) {
        state.withLock { state in
            state.tasksDone += UInt64(count)
            state.lastRun = date
        }
    }

    func taskFailed() { state.withLock { $0.tasksFailed += 1 } }

    var reading: Reading {
        let now = MonotonicTime.now
        return state.withLock { state in
            Reading(
                feedAgeSeconds: state.feedRead.map { Double(now.since($0)) / 1e9 },
                tasksDone: state.tasksDone,
                tasksFailed: state.tasksFailed,
                lastRun: state.lastRun
            )
        }
    }
}
