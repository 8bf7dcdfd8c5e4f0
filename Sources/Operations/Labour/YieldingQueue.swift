import Synchronization

/// Work that gives way to every other thread of the machine, but not for long.
///
/// Beside threads that let go of a processor now and then, as event loops do, it goes on in between. Where nobody lets go
/// and nothing is done for a while, it goes to threads that insist: what was begun is done there anew, and whichever is
/// done first counts. For fifty times as long all that comes goes there at once.
final class YieldingQueue: Sendable {
    /// Makes something, perhaps twice, and tells what to do with it once.
    typealias Work = @Sendable () -> WorkQueue.Work

    private let yielding: WorkQueue
    private let insisting: WorkQueue
    private let watch: OverdueWatch
    private let patienceNanoseconds: UInt64
    private let progress = Progress()

    private var insistenceNanoseconds: UInt64 { 50 * patienceNanoseconds }

    /// Moments, in nanoseconds.
    private final class Progress: Sendable {
        /// When a yielding thread last got something done.
        let lastDone = Atomic<UInt64>(0)
        /// Until when nobody gives way.
        let insistenceEnd = Atomic<UInt64>(0)
    }

    /// Makes a queue without threads; work may wait so many seconds in which nothing is done, and last as long.
    init(name: String, threadsMax: Int, patience: Double) {
        yielding = WorkQueue(name: name, threadsMax: threadsMax, priority: .idle)
        insisting = WorkQueue(name: "overdue work", threadsMax: threadsMax, priority: .nice(5))
        patienceNanoseconds = UInt64(patience * 1e9)
        watch = OverdueWatch(name: "overdue watch")
    }

    /// Takes work to be done; `isShort` where it takes some milliseconds at most.
    func append(isShort: Bool, _ work: @escaping Work) {
        if MonotonicTime.now.nanoseconds < progress.insistenceEnd.load(ordering: .relaxed) {
            return insisting.append(isShort: isShort) { work()() }
        }
        let piece = RepeatableWork(work, patienceNanoseconds: patienceNanoseconds)
        yielding.append(isShort: isShort) { [progress] in
            defer { progress.lastDone.store(MonotonicTime.now.nanoseconds, ordering: .relaxed) }
            return piece.attempt()
        }
        watch.add(piece) { [progress] in
            MonotonicTime(nanoseconds: progress.lastDone.load(ordering: .relaxed))
        } insist: { [progress, insisting, insistenceNanoseconds] in
            let end = MonotonicTime.now + insistenceNanoseconds
            progress.insistenceEnd.store(end.nanoseconds, ordering: .relaxed)
            insisting.append(isShort: isShort) { piece.attemptAgain() }
        }
    }
}
