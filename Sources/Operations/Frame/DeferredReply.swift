/// What an operation comes to that waits for nothing.
package enum ImmediateReply: Sendable {
    /// The answer, which is not recorded yet.
    case answered(UnrecordedReply)
    /// Work that would hold up the thread that asks, or other requests that it has at hand.
    case deferred(DeferredReply)
}

/// An operation that is decoded and authorized, with its work still to be done.
package struct DeferredReply: Sendable {
    private let labour: Labour
    private let pool: LabourPool
    private let work: @Sendable () -> UnrecordedReply

    init(labour: Labour, pool: LabourPool, _ work: @escaping @Sendable () -> UnrecordedReply) {
        self.labour = labour
        self.pool = pool
        self.work = work
    }

    /// Whether the work has to be done by another thread than those that answer requests.
    package var leavesThread: Bool { labour.leavesThread }

    /// Does the work now, on the thread that asks; to be called once, and not where it leaves the thread.
    package func finish() -> UnrecordedReply { work() }

    /// Does the work on a thread for it and hands over the answer there; to be called once.
    ///
    /// `handOver` says whom to tell when answers have come.
    package func start(_ handOver: @escaping @Sendable (UnrecordedReply) -> (any WorkReceiver)?) {
        pool.start(labour, work, then: handOver)
    }
}
