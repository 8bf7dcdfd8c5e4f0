package import Foundation
import Synchronization

/// Appends audit events to the hash-chained segments of a trail.
///
/// Every lane is a chain of its own with its own lock: callers of different lanes never wait for each other.
/// One writer holds a directory at a time. What the chain shows and what it cannot: a change to a sealed
/// segment needs the signing key, and a change under a running writer breaks the chain; but whoever can write
/// the directory while no writer runs can cut or rewrite the records after the last digest unseen, unless a
/// ``TrailHead`` was published elsewhere.
package final class TrailWriter: Sendable {
    package let trail: TrailID
    package let laneCount: Int
    /// What the writer found left open by an earlier one, for the start-up log.
    package let recoveries: [TrailRecovery]

    private let lanes: [Lane]
    /// The ends of lanes that an earlier writer had and this one does not use.
    private let retired: [TrailHead.Position]
    private let settings: LaneSettings
    private let lock: Mutex<DirectoryLock?>
    let now: @Sendable () -> Date

    /// Opens the trail in `directory`, making it if need be, and seals what an earlier writer left open.
    ///
    /// The directory is the trail's own, as in `DIR/trail`; its parent must exist. There are 1 to 4,096
    /// lanes, usually one an event loop.
    ///
    /// - Throws: `TrailError.directoryInUse`; `.signerMismatch` when the directory has another signer's key;
    ///   `.tampered` when the end of a lane is not what a writer left; `.unavailable`.
    package convenience init(
        directory: String,
        lanes: Int,
        signer: TrailSigner,
        durability: TrailDurability = .operatingSystem,
        limits: TrailLimits = TrailLimits(),
        now: @escaping @Sendable () -> Date
    ) throws(TrailError) {
        try self.init(
            directory: directory,
            lanes: lanes,
            signer: signer,
            durability: durability,
            limits: limits,
            fileSystem: SystemFileSystem(),
            now: now
        )
    }

    init(
        directory path: String,
        lanes count: Int,
        signer: TrailSigner,
        durability: TrailDurability,
        limits: TrailLimits,
        fileSystem: any TrailFileSystem,
        now: @escaping @Sendable () -> Date
    ) throws(TrailError) {
        precondition((1...TrailLimits.lanesMax).contains(count), "a trail has 1 to 4,096 lanes")
        let directory = TrailDirectory(path: path)
        try directory.make()
        let lock = try DirectoryLock(directory: path)
        try directory.adopt(signer.publicKey)
        let time = now()
        let start = try TrailStart(directory: directory, signer: signer, fileSystem: fileSystem, now: time)
        let settings = LaneSettings(
            directory: directory,
            trail: start.trail,
            lanes: count,
            signer: signer,
            durability: durability,
            limits: limits,
            fileSystem: fileSystem
        )
        var lanes: [Lane] = []
        for lane in 0..<count {
            var state = LaneState(lane: lane, position: start.ends[lane], settings: settings)
            try state.begin(now: time)
            lanes.append(Lane(state))
        }
        trail = start.trail
        laneCount = count
        recoveries = start.recoveries
        retired = start.ends.values.filter { $0.lane >= count }.sorted { $0.lane < $1.lane }
        self.lanes = lanes
        self.settings = settings
        self.lock = Mutex(lock)
        self.now = now
    }

    /// Appends events, each one line of JSON, to a lane in their order: all of them or none.
    ///
    /// When this returns, the operating system has them, or the disk if the durability says so. After a
    /// failure the chain is whole, and the next call tries again.
    ///
    /// - Throws: `TrailError.unavailable` when they could not be written; `.invalidEvent` when one is empty,
    ///   has a line break or more than 1 MiB; `.closed`.
    package func append(_ events: [[UInt8]], lane: Int) throws(TrailError) {
        precondition(lanes.indices.contains(lane), "the lane must be below laneCount")
        guard !events.isEmpty else { return }
        try lanes[lane].append(events, now: now())
    }

    /// Takes room for one batch of events of so many bytes together, before something is done that they must
    /// tell of.
    ///
    /// While the room is held, an append in it succeeds even when the disk has become full; only a disk that
    /// fails, or a file system that cannot reserve, can keep the events out. Then they are kept in memory and
    /// written before all others once the lane can be written again; until then ``isWritable`` is false.
    ///
    /// - Throws: `TrailError.unavailable` when the disk has no such room; `.closed`.
    package func reserve(_ bytes: Int, lane: Int) throws(TrailError) -> TrailRoom {
        precondition(lanes.indices.contains(lane), "the lane must be below laneCount")
        return try TrailRoom(of: bytes + TrailLine.overheadMax, in: lanes[lane], now: now())
    }

    /// Whether every lane took what it was last given or would take it now; false once closed.
    ///
    /// It costs one atomic read while all is well; after a failure it tries the failed lanes' files and the
    /// room on the disk.
    package var isWritable: Bool {
        guard settings.failingLanes.load(ordering: .relaxed) > 0 else { return true }
        let time = now()
        return lanes.allSatisfy { $0.recheck(now: time) }
    }

    /// What this writer has done since it was made, for metrics.
    package var statistics: TrailStatistics {
        var sum = TrailStatistics()
        for lane in lanes { sum.add(lane.statistics) }
        sum.failingLanes = max(0, settings.failingLanes.load(ordering: .relaxed))
        return sum
    }

    /// How far the acknowledged records of every lane reach, also of lanes that this writer does not use.
    ///
    /// It waits for no disk: followers may ask a few times a second.
    package var ends: [TrailEnd] {
        lanes.compactMap(\.end)
            + retired.map {
                TrailEnd(lane: $0.lane, segment: $0.segment, length: nil, nextRecord: $0.record + 1)
            }
    }

    var directory: TrailDirectory { settings.directory }
    var signer: TrailSigner { settings.signer }

    /// Seals segments older than the limit; to be called now and then, for lanes without traffic.
    package func sealAgedSegments() throws(TrailError) {
        let time = now()
        try forEachLane { (lane) throws(TrailError) in try lane.sealIfAged(now: time) }
    }

    /// The last record of every lane, signed, to be published elsewhere.
    package func currentHead() throws(TrailError) -> TrailHead {
        let positions = lanes.compactMap(\.position) + retired
        return try TrailHead(trail: trail, now: now(), lanes: positions, signer: settings.signer)
    }

    /// Seals all segments, refuses further events and lets go of the directory.
    ///
    /// - Throws: the first failure, after all lanes were closed; what could not be sealed is sealed at the
    ///   next start.
    package func close() throws(TrailError) {
        let time = now()
        // From now on `isWritable` asks the lanes, and a closed lane says no.
        settings.failingLanes.add(1, ordering: .relaxed)
        defer { lock.withLock { $0 = nil } }
        try forEachLane { (lane) throws(TrailError) in try lane.close(now: time) }
    }

    /// Calls `body` with every lane, whatever fails, and throws the first failure.
    private func forEachLane(_ body: (Lane) throws(TrailError) -> Void) throws(TrailError) {
        var first: TrailError?
        for lane in lanes {
            do throws(TrailError) {
                try body(lane)
            } catch {
                first = first ?? error
            }
        }
        if let first { throw first }
    }
}

extension TrailDirectory {
    /// Leaves the public key for auditors, or checks that the one left before is the same.
    fileprivate func adopt(_ key: TrailPublicKey) throws(TrailError) {
        guard let text = try text(at: publicKeyPath) else {
            return try replace(publicKeyPath, with: key.pem)
        }
        guard TrailPublicKey(pem: text) == key else { throw .signerMismatch(publicKeyPath) }
    }
}
