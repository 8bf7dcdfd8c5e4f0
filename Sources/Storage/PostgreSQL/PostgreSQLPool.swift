import Foundation
import Synchronization

/// Threads with a connection each, which carry out what tasks ask for; no task's own thread ever waits.
final class PostgreSQLPool: Sendable {
    /// A line this long means that the database does not keep up; more callers are turned away.
    static let waitingMax = 10_000
    /// The longest that a caller waits for an answer.
    static let patience = Duration.seconds(5)

    private struct Job: Sendable {
        let deadline: ContinuousClock.Instant
        let isTrial: Bool
        /// Does its work, or tells the caller why not.
        let run: @Sendable (inout PostgreSQLSession) -> Void
        let refuse: @Sendable (StorageError) -> Void
    }

    private struct State {
        var urgent = WaitingLine<Job>()
        var ordinary = WaitingLine<Job>()
        var threads = 0
        var idle = 0
        var isClosed = false
    }

    private let address: PostgreSQLAddress
    private let outage: PostgreSQLOutage
    private let threadsMax: Int
    private let state = Mutex(State())
    private let jobs = DispatchSemaphore(value: 0)
    private let living = DispatchGroup()

    init(_ address: PostgreSQLAddress, outage: PostgreSQLOutage, threadsMax: Int) {
        self.address = address
        self.outage = outage
        self.threadsMax = threadsMax
    }

    /// Runs `body` on a connection, and again when that breaks; it must change nothing, or all at once.
    ///
    /// - Parameters:
    ///   - urgently: Ahead of all others that wait.
    ///   - body: The work, which is given the time by which it must be done.
    /// - Returns: What the body returns.
    /// - Throws: `.closed`, and `.unavailable` after ``patience`` at the latest.
    func perform<Outcome: Sendable>(
        urgently: Bool = false,
        _ body:
            @escaping @Sendable (
                PostgreSQLConnection,
                ContinuousClock.Instant
            ) throws(PostgreSQLFailure) -> Outcome
    ) async throws(StorageError) -> Outcome {
        let now = ContinuousClock.now
        let deadline = now + Self.patience
        let admission = outage.admission(at: now)
        if case .refused(let reason) = admission { throw StorageError(reason, of: address) }
        let outcome: Result<Outcome, StorageError> = await withCheckedContinuation { caller in
            let job = Job(deadline: deadline, isTrial: admission.isTrial) { [address] session in
                do throws(PostgreSQLFailure) {
                    let outcome = try session.perform(until: deadline) {
                        connection throws(PostgreSQLFailure) in
                        try body(connection, deadline)
                    }
                    caller.resume(returning: .success(outcome))
                } catch {
                    caller.resume(returning: .failure(StorageError(error, of: address)))
                }
            } refuse: {
                caller.resume(returning: .failure($0))
            }
            if let refusal = enqueue(job, urgently: urgently) { job.refuse(refusal) }
        }
        return try outcome.get()
    }

    /// Turns away all who wait and come later, and waits for those who are being served.
    func close() async {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { (state.urgent, state.ordinary) = (WaitingLine(), WaitingLine()) }
            return state.urgent.all + state.ordinary.all
        }
        for job in waiting { job.refuse(.closed) }
        for _ in 0..<threadsMax { jobs.signal() }
        await withCheckedContinuation { caller in
            living.notify(queue: .global()) { caller.resume() }
        }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// The reason why a job is not taken; nil when it is.
    private func enqueue(_ job: Job, urgently: Bool) -> StorageError? {
        let (refusal, needsThread) = state.withLock { state -> (StorageError?, Bool) in
            guard !state.isClosed else { return (.closed, false) }
            let waiting = state.urgent.count + state.ordinary.count
            guard waiting < Self.waitingMax else {
                return (.unavailable(reason: "\(waiting) callers wait for the database"), false)
            }
            if urgently { state.urgent.append(job) } else { state.ordinary.append(job) }
            guard state.idle <= waiting, state.threads < threadsMax else { return (nil, false) }
            state.threads += 1
            living.enter()
            return (nil, true)
        }
        if needsThread { startThread() }
        if refusal == nil { jobs.signal() }
        return refusal
    }

    private func startThread() {
        let thread = Thread { [self] in
            serve()
            living.leave()
        }
        thread.name = "strongroom-pg"
        thread.start()
    }

    private func serve() {
        var session = PostgreSQLSession(address, outage: outage)
        while let job = next() {
            let now = ContinuousClock.now
            if now >= job.deadline {
                job.refuse(.unavailable(reason: "the database did not keep up"))
            } else if !job.isTrial, let refusal = outage.refusal(at: now) {
                job.refuse(StorageError(refusal, of: address))
            } else {
                job.run(&session)
            }
        }
        session.close()
    }

    /// The next job; nil when the pool was closed.
    private func next() -> Job? {
        while true {
            state.withLock { $0.idle += 1 }
            jobs.wait()
            let (job, isClosed) = state.withLock { state in
                state.idle -= 1
                return (state.urgent.popFirst() ?? state.ordinary.popFirst(), state.isClosed)
            }
            if let job { return job }
            if isClosed { return nil }
        }
    }
}

/// First in, first out, at a constant cost each.
struct WaitingLine<Element> {
    private var front: [Element] = []
    private var back: [Element] = []

    var count: Int { front.count + back.count }

    /// All that wait, the first first.
    var all: [Element] { front.reversed() + back }

    mutating func append(_ element: Element) { back.append(element) }

    mutating func popFirst() -> Element? {
        if front.isEmpty {
            front = back.reversed()
            back = []
        }
        return front.popLast()
    }

    /// The one that `popFirst` would give.
    var first: Element? { front.last ?? back.first }
}
