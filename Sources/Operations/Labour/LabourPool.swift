import Glibc

/// Threads for work that would hold up the threads that answer requests.
///
/// Long and sustained work and generations have threads of their own: however many wait of one, the others go on. The
/// kernel prefers the event loops to all of them.
package final class LabourPool: Sendable {
    package static let shared = LabourPool(processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    private let long: YieldingQueue
    private let sustained: WorkQueue
    private let generation: WorkQueue
    private let background: WorkQueue

    /// Makes a pool with as many threads for long work and for sustained work as there are processors, half as many for
    /// generations, and one for the background.
    ///
    /// `patience` is for how many seconds long work gives way to everything else.
    package init(processors: Int, patience: Double = 0.3) {
        let all = max(1, processors)
        long = YieldingQueue(name: "long work", threadsMax: all, patience: patience)
        sustained = WorkQueue(name: "sustained work", threadsMax: all, priority: .nice(5))
        generation = WorkQueue(name: "generation", threadsMax: max(1, processors / 2), priority: .nice(5))
        background = WorkQueue(name: "background", threadsMax: 1, priority: .nice(19))
    }

    /// Runs work where its length does no harm, and waits for it without holding a thread.
    package func run<Value: Sendable, Failure: Error>(
        _ labour: Labour,
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard labour.leavesThread else { return try work() }
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            append(labour) {
                Result(catching: work)
            } then: { result in
                continuation.resume(returning: result)
                return nil
            }
        }
        return try result.get()
    }

    /// Starts work where its length does no harm; what does not leave the thread is done when this returns.
    ///
    /// `handOver` is called once with what the work made. Whom it names is told, together with what was done just before
    /// and after it.
    package func start<Value: Sendable>(
        _ labour: Labour,
        _ work: @escaping @Sendable () -> Value,
        then handOver: @escaping @Sendable (Value) -> (any WorkReceiver)?
    ) {
        append(labour, work, then: handOver)
    }

    private func append<Value: Sendable>(
        _ labour: Labour,
        _ work: @escaping @Sendable () -> Value,
        then handOver: @escaping @Sendable (Value) -> (any WorkReceiver)?
    ) {
        let once: WorkQueue.Work = { handOver(work())?.worksEnded() }
        switch labour {
        case .brief, .moderate: once()
        case .long:
            long.append {
                let value = work()
                return { handOver(value) }
            }
        case .sustained: sustained.append(once)
        case .generation: generation.append(once)
        case .background: background.append(once)
        }
    }
}
