import Synchronization

/// Work that gives way to every other thread of the machine, but not for long.
///
/// Beside threads that let go of a processor now and then, as event loops do, it goes on in between. Where nobody lets go
/// and nothing is done for a while, it goes to threads that insist: what was begun is done there anew, and whichever is
/// done first counts. When that happens three times in a row, all that comes goes there at once for sixteen times as long.
final class YieldingQueue: Sendable {
    /// Makes something, perhaps twice, and tells what to do with it once.
    typealias Work = @Sendable () -> HandOver.Delivery

    private let yielding: WorkQueue
    private let insisting: WorkQueue
    private let handOver = HandOver(name: "hand-over")
    private let watch: OverdueWatch
    private let patienceNanoseconds: UInt64
    private let progress = Progress()

    private static let overdueMax = 3

    private var insistenceNanoseconds: UInt64 { 16 * patienceNanoseconds }

    /// How the yielding threads get on; moments are in nanoseconds.
    private final class Progress: Sendable {
        /// When a yielding thread last got something done.
        let lastDone = Atomic<UInt64>(0)
        /// How many pieces were overdue since.
        let overdue = Atomic<Int>(0)
        /// Until when nobody gives way.
        let insistenceEnd = Atomic<UInt64>(0)
    }

    /// Makes a queue with the thread that hands over and no other; work may wait so many seconds in which nothing is done,
    /// and last as long.
    init(name: String, threadsMax: Int, patience: Double) {
        yielding = WorkQueue(name: name, threadsMax: threadsMax, priority: .idle)
        insisting = WorkQueue(name: "overdue work", threadsMax: threadsMax, priority: .nice(5))
        patienceNanoseconds = UInt64(patience * 1e9)
        watch = OverdueWatch(name: "overdue watch")
    }

    /// Takes work to be done.
    func append(_ work: @escaping Work) {
        if MonotonicTime.now.nanoseconds < progress.insistenceEnd.load(ordering: .relaxed) {
            return insisting.append { [handOver, insisting] in
                handOver.append(work(), mayWait: insisting.isLong)
            }
        }
        let piece = RepeatableWork(work, patienceNanoseconds: patienceNanoseconds)
        yielding.append { [progress, handOver, yielding] in
            guard let delivery = piece.attempt() else { return }
            progress.lastDone.store(MonotonicTime.now.nanoseconds, ordering: .relaxed)
            progress.overdue.store(0, ordering: .relaxed)
            handOver.append(delivery, mayWait: yielding.isLong)
        }
        watch.add(piece) { [progress] in
            MonotonicTime(nanoseconds: progress.lastDone.load(ordering: .relaxed))
        } insist: { [progress, handOver, insisting, insistenceNanoseconds] in
            if progress.overdue.add(1, ordering: .relaxed).newValue >= Self.overdueMax {
                let end = MonotonicTime.now + insistenceNanoseconds
                progress.insistenceEnd.store(end.nanoseconds, ordering: .relaxed)
            }
            insisting.append {
                guard let delivery = piece.attemptAgain() else { return }
                handOver.append(delivery, mayWait: insisting.isLong)
            }
        }
    }
}
