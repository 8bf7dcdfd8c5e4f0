import BenchmarkKit
import Dispatch
import Foundation
import Glibc
import Synchronization

/// A load from the first connection to the report.
struct LoadRun {
    let plan: LoadPlan
    let watched: ProcessClock
    let warmUpSeconds: Double
    /// For a counted load the most it may take.
    let seconds: Double

    /// How long answers are waited for at the end.
    let patienceSeconds: Double

    /// - Throws: when a connection cannot be opened; what goes wrong later is in the report.
    func report() throws -> LoadReport {
        let crew = Crew(plan)
        try crew.connect()
        let times = times()
        let own = ProcessClock.own
        crew.start(times)
        let counted: Counted
        if case .counted = plan.pace {
            let before = (watched.seconds, own.seconds)
            let tally = try crew.finish()
            let end = max(tally.lastAnswer, times.start + 1)
            let elapsed = Double(end - times.start) / 1e9
            let after = (watched.seconds, own.seconds)
            counted = Counted(tally, elapsed, before, after, wall: elapsed)
        } else {
            let (before, from) = reading(at: times.countedFrom, own)
            let (after, to) = reading(at: times.end, own)
            // A clock read late, on a busy machine, has measured longer.
            let stretch = Double(to - from) / Double(times.end - times.countedFrom)
            let tally = try crew.finish()
            counted = Counted(tally, elapsed(tally, times), before, after, wall: seconds * stretch)
        }
        return counted.report
    }

    /// Seconds in which the counted requests were answered: at a fixed rate they may take longer than asked.
    private func elapsed(_ tally: LoadTally, _ times: LoadPlan.Times) -> Double {
        guard case .open = plan.pace, tally.lastAnswer > times.end else { return seconds }
        return Double(tally.lastAnswer - times.countedFrom) / 1e9
    }

    private func times() -> LoadPlan.Times {
        let start = MonotonicClock.now + 20_000_000
        let countedFrom = start + UInt64(warmUpSeconds * 1e9)
        let end = countedFrom + UInt64(seconds * 1e9)
        return .init(
            start: start,
            countedFrom: countedFrom,
            end: end,
            deadline: end + UInt64(patienceSeconds * 1e9)
        )
    }

    private func reading(at time: UInt64, _ own: ProcessClock) -> (Counted.Reading, UInt64) {
        MonotonicClock.sleep(until: time)
        return ((watched.seconds, own.seconds), MonotonicClock.now)
    }
}

/// What was counted, and the CPU clocks before and after.
private struct Counted {
    /// CPU seconds of the watched processes and of this one.
    typealias Reading = (server: Double?, client: Double?)

    let report: LoadReport

    /// `wall` is the time between the readings, in seconds.
    init(_ tally: LoadTally, _ seconds: Double, _ before: Reading, _ after: Reading, wall: Double) {
        func usage(_ before: Double?, _ after: Double?) -> Double? {
            guard let before, let after else { return nil }
            return (after - before) / wall
        }
        report = LoadReport(
            tally.latencies,
            unanswered: tally.unanswered,
            seconds: seconds,
            usage: .init(
                server: usage(before.server, after.server),
                client: usage(before.client, after.client) ?? 0
            ),
            errors: tally.errors,
            firstError: tally.firstError
        )
    }
}

/// The threads of a load, which start together.
private final class Crew: Sendable {
    private struct State {
        var times: LoadPlan.Times?
        var tally = LoadTally()
        var failure: LoadError?
    }

    private let plan: LoadPlan
    private let state = Mutex(State())
    private let connected = DispatchGroup()
    private let go = DispatchSemaphore(value: 0)
    private let done = DispatchGroup()

    init(_ plan: LoadPlan) {
        self.plan = plan
    }

    /// Starts the threads and waits until all connections are open.
    func connect() throws {
        for number in 0..<plan.threads {
            connected.enter()
            done.enter()
            Thread.detachNewThread { [self] in
                work(number)
                done.leave()
            }
        }
        connected.wait()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    func start(_ times: LoadPlan.Times) {
        state.withLock { $0.times = times }
        for _ in 0..<plan.threads { go.signal() }
    }

    func finish() throws -> LoadTally {
        done.wait()
        return try state.withLock { state in
            if let failure = state.failure { throw failure }
            return state.tally
        }
    }

    private func work(_ number: Int) {
        var isConnected = false
        do throws(LoadError) {
            let thread = try LoadThread(plan, number: number)
            try thread.connect()
            isConnected = true
            connected.leave()
            go.wait()
            guard let times = state.withLock({ $0.times }) else { return }
            let tally = try thread.run(times)
            state.withLock { $0.tally.merge(tally) }
        } catch {
            state.withLock { $0.failure = error }
            if !isConnected { connected.leave() }
        }
    }
}
