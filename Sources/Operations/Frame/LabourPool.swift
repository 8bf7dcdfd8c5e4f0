import Glibc

/// Threads for work that would hold up the threads that answer requests.
///
/// Generations have threads of their own: however many wait, operations with keys that are there go on. The kernel prefers
/// the event loops to all of them.
package final class LabourPool: Sendable {
    package static let shared = LabourPool(processors: sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    private let long: WorkQueue
    private let generation: WorkQueue
    private let background: WorkQueue

    /// Makes a pool with as many threads for long work as there are processors, half as many for generations, and one for
    /// the background.
    package init(processors: Int) {
        long = WorkQueue(name: "long work", threadsMax: max(1, processors), niceness: 5)
        generation = WorkQueue(name: "generation", threadsMax: max(1, processors / 2), niceness: 5)
        background = WorkQueue(name: "background", threadsMax: 1, niceness: 19)
    }

    /// Runs work where its length does no harm, and waits for it without holding a thread.
    package func run<Value: Sendable, Failure: Error>(
        _ labour: Labour,
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard labour.leavesThread else { return try work() }
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            append(labour, isShort: false) {
                continuation.resume(returning: Result(catching: work))
                return nil
            }
        }
        return try result.get()
    }

    /// Starts work where its length does no harm; what does not leave the thread is done when this returns.
    ///
    /// Whom the work names is told, together with what was done just before and after it.
    package func start(_ labour: Labour, _ work: @escaping @Sendable () -> (any WorkReceiver)?) {
        append(labour, isShort: labour == .long, work)
    }

    private func append(_ labour: Labour, isShort: Bool, _ work: @escaping WorkQueue.Work) {
        switch labour {
        case .brief, .moderate: work()?.worksEnded()
        case .long: long.append(isShort: isShort, work)
        case .generation: generation.append(isShort: isShort, work)
        case .background: background.append(isShort: isShort, work)
        }
    }
}
