import Cryptography
import Synchronization

/// How the threads that give way get on, and whether they starve.
final class YieldingProgress: Sendable {
    private struct Sample {
        /// What the threads had had of the processors then.
        var taken: UInt64 = 0
        var moment = MonotonicTime(nanoseconds: 0)
        var isStarving = false
    }

    /// For so many nanoseconds a piece of work may wait in which nothing else is done, and as long may it last.
    let patienceNanoseconds: UInt64
    private let taken: @Sendable () -> UInt64
    private let lastDoneNanoseconds = Atomic<UInt64>(0)
    private let sample = Mutex(Sample())

    /// `taken` says how many nanoseconds of processors the threads have had.
    init(patienceNanoseconds: UInt64, taken: @escaping @Sendable () -> UInt64) {
        self.patienceNanoseconds = patienceNanoseconds
        self.taken = taken
    }

    /// After so long it is seen whether a piece of work is starved.
    var glanceNanoseconds: UInt64 { patienceNanoseconds / 8 }

    /// When one of the threads last got something done.
    var lastDone: MonotonicTime { MonotonicTime(nanoseconds: lastDoneNanoseconds.load(ordering: .relaxed)) }

    func noteDone() {
        lastDoneNanoseconds.store(MonotonicTime.now.nanoseconds, ordering: .relaxed)
    }

    /// Whether the threads have had next to nothing although there has been work for them since a moment.
    func isStarving(since start: MonotonicTime, at now: MonotonicTime) -> Bool {
        sample.withLock { sample in
            guard now.since(sample.moment) >= glanceNanoseconds / 2 else { return sample.isStarving }
            let taken = taken()
            // No less than what they have had since `start`, if that is after the last look.
            let share = taken - min(taken, sample.taken)
            let elapsed = now.since(max(start, sample.moment))
            let isStarving = IdlePolicy.isStarved(taken: share, ofNanoseconds: elapsed)
            sample = Sample(taken: taken, moment: now, isStarving: isStarving)
            return isStarving
        }
    }
}
