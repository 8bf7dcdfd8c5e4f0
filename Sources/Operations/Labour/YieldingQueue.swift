import Synchronization

/// Work that gives way to every other thread of the machine, but not for long.
///
/// Beside threads that let go of a processor now and then, as event loops do, it goes on in between. Where nobody lets go
/// and nothing is done for a while, it goes to threads that insist: what was begun is done there anew, and whichever is
/// done first counts. When that happens three times in a row, all that comes goes there at once for sixteen times as long.
final class YieldingQueue: Sendable {
    /// Makes something, perhaps twice, and tells what to do with it once.
    typealias Work = @Sendable () -> WorkQueue.Work

    private let yielding: WorkQueue
    private let insisting: WorkQueue
    /// Hands over what the yielding threads have made.
    ///
    /// They may not do so themselves: to wake an event loop takes a lock, and the loop that wakes takes the processor from
    /// such a thread while it holds it.
    private let handing: WorkQueue
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

    /// Makes a queue with the thread that hands over and no other; work may wait so many seconds in which nothing is done, and last as long.
    init(name: String, threadsMax: Int, patience: Double) {
        yielding = WorkQueue(name: name, threadsMax: threadsMax, priority: .idle)
        insisting = WorkQueue(name: "overdue work", threadsMax: threadsMax, priority: .nice(5))
        handing = WorkQueue(name: "hand-over", threadsMax: 1, priority: .ordinary)
        handing.startAhead()
        patienceNanoseconds = UInt64(patience * 1e9)
        watch = OverdueWatch(name: "overdue watch")
    }

    /// Takes work to be done; `isShort` where it takes some milliseconds at most.
    func append(isShort: Bool, _ work: @escaping Work) {
        if MonotonicTime.now.nanoseconds < progress.insistenceEnd.load(ordering: .relaxed) {
            return insisting.append(isShort: isShort) { work()() }
        }
        let piece = RepeatableWork(work, patienceNanoseconds: patienceNanoseconds)
        yielding.append(isShort: isShort) { [progress, handing] in
            guard let handOver = piece.attempt() else { return nil }
            progress.lastDone.store(MonotonicTime.now.nanoseconds, ordering: .relaxed)
            progress.overdue.store(0, ordering: .relaxed)
            handing.append(isShort: isShort, handOver)
            return nil
        }
        watch.add(piece) { [progress] in
            MonotonicTime(nanoseconds: progress.lastDone.load(ordering: .relaxed))
        } insist: { [progress, insisting, insistenceNanoseconds] in
            if progress.overdue.add(1, ordering: .relaxed).newValue >= Self.overdueMax {
                let end = MonotonicTime.now + insistenceNanoseconds
                progress.insistenceEnd.store(end.nanoseconds, ordering: .relaxed)
            }
            insisting.append(isShort: isShort) { piece.attemptAgain()?() }
        }
    }
}
