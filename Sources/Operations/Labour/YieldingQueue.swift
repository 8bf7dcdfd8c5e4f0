import Synchronization

/// Work that gives way to every other thread of the machine, but not for long.
///
/// Beside threads that let go of a processor now and then, as event loops do, it goes on in between. Where nobody lets go
/// the threads get next to nothing (``YieldingProgress``), and work goes to threads that insist, as it does when nothing is
/// done for a longer while: what was begun is done there anew, and whichever is done first counts. When that happens three
/// times in a row, all that comes goes there at once for sixteen times that while.
final class YieldingQueue: Sendable {
    /// Makes something, perhaps twice, and tells what to do with it once.
    typealias Work = @Sendable () -> HandOver.Delivery

    private let yielding: WorkQueue
    private let insisting: WorkQueue
    private let handOver = HandOver(name: "hand-over")
    private let watch: OverdueWatch
    private let progress: YieldingProgress
    private let delays = Mutex(Delays())
    /// Until when nobody gives way, in nanoseconds.
    private let insistenceEnd = Atomic<UInt64>(0)

    /// Times at which something was overdue while nothing got done in between.
    private struct Delays {
        var count = 0
        var last = MonotonicTime(nanoseconds: 0)

        static let countMax = 3
    }

    private var insistenceNanoseconds: UInt64 { 16 * progress.patienceNanoseconds }

    /// Makes a queue with the thread that hands over and no other; work may wait so many seconds in which nothing is done,
    /// and last as long.
    init(name: String, threadsMax: Int, patience: Double) {
        yielding = WorkQueue(name: name, threadsMax: threadsMax, priority: .idle)
        insisting = WorkQueue(name: "overdue work", threadsMax: threadsMax, priority: .nice(5))
        progress = YieldingProgress(patienceNanoseconds: UInt64(patience * 1e9)) { [yielding] in
            yielding.processorNanoseconds
        }
        watch = OverdueWatch(name: "overdue watch")
    }

    /// Takes work to be done.
    func append(_ work: @escaping Work) {
        if MonotonicTime.now.nanoseconds < insistenceEnd.load(ordering: .relaxed) {
            return insisting.append { [handOver, insisting] in
                handOver.append(work(), mayWait: insisting.isLong)
            }
        }
        let piece = RepeatableWork(work, progress: progress)
        yielding.append { [self] in
            guard let delivery = piece.attempt() else { return }
            progress.noteDone()
            delays.withLock { $0.count = 0 }
            handOver.append(delivery, mayWait: yielding.isLong)
        }
        watch.add(piece) { [self] in insist(on: piece) }
    }

    /// Leaves a piece that is overdue to threads that do not give way.
    private func insist(on piece: RepeatableWork) {
        let now = MonotonicTime.now
        let isUsual = delays.withLock { delays in
            // Pieces that were late together count once.
            if now.since(delays.last) < progress.glanceNanoseconds / 2 { return false }
            delays.count += 1
            delays.last = now
            return delays.count >= Delays.countMax
        }
        if isUsual {
            insistenceEnd.store((now + insistenceNanoseconds).nanoseconds, ordering: .relaxed)
        }
        insisting.append { [handOver, insisting] in
            guard let delivery = piece.attemptAgain() else { return }
            handOver.append(delivery, mayWait: insisting.isLong)
        }
    }
}
