import Synchronization

import struct Foundation.Date

/// A lane and the lock that makes its appends one after another.
final class Lane: Sendable {
    private let state: Mutex<LaneState>
    /// Up to where followers may read; a lock of its own, which is never held while a disk is waited for.
    private let shown: Mutex<TrailEnd?>

    init(_ state: sending LaneState) {
        shown = Mutex(state.end)
        self.state = Mutex(state)
    }

    var position: TrailHead.Position? {
        state.withLock { $0.position }
    }

    var statistics: TrailStatistics {
        state.withLock { $0.statistics }
    }

    /// How far the acknowledged records reach; nil before the lane's first header.
    var end: TrailEnd? {
        shown.withLock { $0 }
    }

    func append(_ events: [[UInt8]], held: Int = 0, now: Date) throws(TrailError) {
        try change { (state) throws(TrailError) in try state.append(events, held: held, now: now) }
    }

    func promise(_ bytes: Int, now: Date) throws(TrailError) {
        try change { (state) throws(TrailError) in try state.promise(bytes, now: now) }
    }

    func release(_ bytes: Int) {
        state.withLock { $0.release(bytes) }
    }

    func sealIfAged(now: Date) throws(TrailError) {
        try change { (state) throws(TrailError) in try state.sealIfAged(now: now) }
    }

    func recheck(now: Date) -> Bool {
        change { $0.recheck(now: now) }
    }

    func close(now: Date) throws(TrailError) {
        try change { (state) throws(TrailError) in try state.close(now: now) }
    }

    /// Does something that may move the lane's end, and shows where it is then.
    private func change<Result, Failure>(
        _ body: (inout LaneState) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try state.withLock { (state) throws(Failure) in
            defer { shown.withLock { $0 = state.end } }
            return try body(&state)
        }
    }
}
