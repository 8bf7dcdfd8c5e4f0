import Operations
import Storage
import Synchronization

/// Counts and times the commits of the store, and remembers how the last one that the store itself decided went.
final class StoreMeter: Sendable {
    /// Why a commit failed, in the classes that metrics tell apart.
    enum Failure: Int, CaseIterable, Sendable {
        /// Somebody else was first; the caller tries again, and nothing is wrong.
        case conflict
        case full
        case unavailable
        case corrupted
        case other

        init(_ error: StorageError) {
            self =
                switch error {
                case .conflict: .conflict
                case .full: .full
                case .unavailable: .unavailable
                case .corrupted: .corrupted
                case .changesTrimmed, .tooLarge, .closed: .other
                }
        }

        var label: String {
            switch self {
            case .conflict: "conflict"
            case .full: "full"
            case .unavailable: "unavailable"
            case .corrupted: "corrupted"
            case .other: "other"
            }
        }

        /// Whether the store would have refused any other batch too.
        var concernsAllWrites: Bool { self == .full || self == .unavailable || self == .corrupted }
    }

    private let latency = LatencyRecorder()
    private let failures = ShardedCounters(count: Failure.allCases.count, shards: 1)
    /// The raw value of the failure that keeps all writes out, as last seen; negative when writing works.
    private let standing = Atomic<Int>(-1)

    init() {}

    var observer: StoreObserver {
        StoreObserver { [self] duration, error in committed(in: duration, error) }
    }

    /// Why nothing can be written, as far as the last commit told; nil when it worked.
    var standingFailure: Failure? { Failure(rawValue: standing.load(ordering: .relaxed)) }

    /// The durations of the commits that succeeded.
    var commits: LatencyDistribution { latency.distribution }

    func count(of failure: Failure) -> UInt64 { failures.total(failure.rawValue) }

    private func committed(in duration: Duration, _ error: StorageError?) {
        guard let error else {
            let parts = duration.components
            let nanoseconds = parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
            latency.record(nanoseconds: UInt64(max(0, nanoseconds)))
            standing.store(-1, ordering: .relaxed)
            return
        }
        let failure = Failure(error)
        failures.add(to: failure.rawValue)
        if failure.concernsAllWrites { standing.store(failure.rawValue, ordering: .relaxed) }
    }
}
