import Synchronization

import struct Foundation.Date

/// A lane and the lock that makes its appends one after another.
final class Lane: Sendable {
    private let state: Mutex<LaneState>

    init(_ state: sending LaneState) {
        self.state = Mutex(state)
    }

    var position: TrailHead.Position? {
        state.withLock { $0.position }
    }

    var statistics: TrailStatistics {
        state.withLock { $0.statistics }
    }

    func append(_ events: [[UInt8]], held: Int = 0, now: Date) throws(TrailError) {
        try state.withLock { (state) throws(TrailError) in try state.append(events, held: held, now: now) }
    }

    func promise(_ bytes: Int, now: Date) throws(TrailError) {
        try state.withLock { (state) throws(TrailError) in try state.promise(bytes, now: now) }
    }

    func release(_ bytes: Int) {
        state.withLock { $0.release(bytes) }
    }

    func sealIfAged(now: Date) throws(TrailError) {
        try state.withLock { (state) throws(TrailError) in try state.sealIfAged(now: now) }
    }

    func recheck(now: Date) -> Bool {
        state.withLock { $0.recheck(now: now) }
    }

    func close(now: Date) throws(TrailError) {
        try state.withLock { (state) throws(TrailError) in try state.close(now: now) }
    }
}
