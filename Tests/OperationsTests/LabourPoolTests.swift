import Cryptography
import Foundation
import Glibc
import Synchronization
import Testing

@testable import Operations

@Suite("The labour pool")
struct LabourPoolTests {
    private enum Refusal: Error { case expected }

    @Test(arguments: [Labour.brief, .moderate, .long, .sustained, .generation, .background])
    func `gives what the work gave, or throws what it threw`(_ labour: Labour) async {
        let pool = LabourPool(processors: 2)
        #expect(await pool.run(labour) { 6 * 7 } == 42)
        await #expect(throws: Refusal.self) {
            try await pool.run(labour) { () throws(Refusal) -> Int in throw .expected }
        }
    }

    @Test func `does every piece of work once, however many there are`() async {
        let pool = LabourPool(processors: 2)
        let done = Counter()
        await withTaskGroup { group in
            for _ in 0..<500 {
                group.addTask {
                    await pool.run(.sustained) { done.add() }
                }
            }
        }
        #expect(done.count == 500)
    }

    @Test func `lets other work pass while generations hold all their threads`() async {
        let pool = LabourPool(processors: 2)
        let gate = DispatchSemaphore(value: 0)
        async let stuck: Void = pool.run(.generation) { gate.wait() }
        async let waiting: Void = pool.run(.generation) { gate.wait() }
        #expect(await pool.run(.long) { true })
        #expect(await pool.run(.sustained) { true })
        #expect(await pool.run(.background) { true })
        gate.signal()
        gate.signal()
        _ = await (stuck, waiting)
    }

    @Test func `keeps nothing of work that is done`() async {
        let pool = LabourPool(processors: 1)
        let gate = DispatchSemaphore(value: 0)
        let done = Counter()
        let held = Counter()
        async let last: Void = pool.run(.sustained) { gate.wait() }
        for _ in 0..<100 {
            let held = Held(held)
            pool.start(.sustained) {
                held.use()
                done.add()
            } then: {
                nil
            }
        }
        gate.signal()
        await last
        // The one thread drops a work before it takes the next.
        while done.count < 100 { await pool.run(.sustained) {} }
        await pool.run(.sustained) {}
        #expect(held.count == 200, "each was used and let go")
    }

    @Test func `tells of a work before a longer one begins`() async {
        let pool = LabourPool(processors: 1)
        let receiver = Receiver()
        let (first, second) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        for gate in [first, second] {
            pool.start(.generation) {
                gate.wait()
                receiver.done.add()
            } then: {
                receiver
            }
        }
        first.signal()
        await receiver.told(of: 1)
        second.signal()
        await receiver.told(of: 2)
    }

    @Test func `tells of a work at once when there is no other`() async {
        let pool = LabourPool(processors: 2)
        let receiver = Receiver()
        for number in 1...3 {
            pool.start(.generation) {
                receiver.done.add()
            } then: {
                receiver
            }
            await receiver.told(of: number)
        }
    }
}

@Suite("The hand-over")
struct HandOverTests {
    @Test func `tells of works in a row together, after they are handed over`() async {
        let handOver = HandOver(name: "hand-over")
        let receiver = Receiver()
        for number in 0..<100 {
            handOver.append(
                {
                    receiver.done.add()
                    return receiver
                },
                mayWait: number < 99
            )
        }
        await receiver.told(of: 100)
        let tellings = receiver.tellings
        #expect(tellings.count < 100, "\(tellings)")
        // Never before something new was handed over.
        #expect(tellings.allSatisfy { $0 > 0 })
        #expect(tellings == Set(tellings).sorted())
    }

    @Test func `tells of a work that no other follows`() async {
        let handOver = HandOver(name: "hand-over")
        let receiver = Receiver()
        for number in 1...3 {
            handOver.append(
                {
                    receiver.done.add()
                    return receiver
                },
                mayWait: true
            )
            await receiver.told(of: number)
        }
    }

    @Test func `tells everyone whose work it was`() async {
        let handOver = HandOver(name: "hand-over")
        let receivers = (0..<5).map { _ in Receiver() }
        for number in 0..<50 {
            let receiver = receivers[number % 5]
            handOver.append(
                {
                    receiver.done.add()
                    return receiver
                },
                mayWait: true
            )
        }
        for receiver in receivers { await receiver.told(of: 10) }
    }
}

@Suite("Work that gives way")
struct YieldingWorkTests {
    /// How a thread shares the processors.
    private struct Claim: Equatable, Sendable {
        let policy: Int32
        let niceness: Int32

        static var ofThisThread: Claim {
            Claim(
                policy: sched_getscheduler(0),
                niceness: getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
            )
        }
    }

    @Test func `has no claim on a processor that anything else wants`() async {
        let pool = LabourPool(processors: 1, patience: 600)
        #expect(await pool.run(.long) { Claim.ofThisThread }.policy == IdlePolicy.number)
        #expect(await pool.run(.sustained) { Claim.ofThisThread } == Claim(policy: 0, niceness: 5))
    }

    @Test func `is handed over by a thread that does not give way`() async {
        let pool = LabourPool(processors: 1, patience: 600)
        for _ in 0..<2 {
            let (maker, hander): (Claim, Claim) = await withCheckedContinuation { caller in
                pool.start(.long) {
                    Claim.ofThisThread
                } then: { maker in
                    caller.resume(returning: (maker, Claim.ofThisThread))
                    return nil
                }
            }
            #expect(maker.policy == IdlePolicy.number)
            #expect(hander.policy == 0)
        }
    }

    @Test func `is done anew by a thread that insists when late, and handed over once`() async throws {
        let pool = LabourPool(processors: 1, patience: 0.02)
        let (begun, ended, handedOver) = (Counter(), Counter(), Counter())
        let gate = DispatchSemaphore(value: 0)
        let claim: Claim = await withCheckedContinuation { caller in
            pool.start(.long) {
                let claim = Claim.ofThisThread
                if claim.policy == IdlePolicy.number {
                    begun.add()
                    gate.wait()
                    ended.add()
                }
                return claim
            } then: { claim in
                handedOver.add()
                caller.resume(returning: claim)
                return nil
            }
        }
        #expect(claim == Claim(policy: 0, niceness: 5))
        gate.signal()
        // On a busy machine it may not even have been begun in time.
        while ended.count < begun.count { try await Task.sleep(for: .milliseconds(1)) }
        try await Task.sleep(for: .milliseconds(20))
        #expect(handedOver.count == 1)
    }

    @Test func `does not wait behind work that is stuck`() async {
        let pool = LabourPool(processors: 1, patience: 0.02)
        let gate = DispatchSemaphore(value: 0)
        async let stuck: Void = pool.run(.long) {
            if Claim.ofThisThread.policy == IdlePolicy.number { gate.wait() }
        }
        #expect(await pool.run(.long) { 7 } == 7)
        await stuck
        #expect(await pool.run(.long) { 8 } == 8)
        gate.signal()
    }

    @Test func `is done, whatever is late, exactly once`() async {
        // So little patience that work is often begun twice.
        let pool = LabourPool(processors: 2, patience: 0.0005)
        let handedOver = Counter()
        await withTaskGroup { group in
            for number in 0..<300 {
                group.addTask {
                    await withCheckedContinuation { caller in
                        pool.start(.long) {
                            usleep(200)
                            return number
                        } then: { made in
                            handedOver.add()
                            // A second call would end the process.
                            caller.resume()
                            return made == number ? nil : Receiver()
                        }
                    }
                }
            }
        }
        #expect(handedOver.count == 300)
    }
}

@Suite("Whether work that gives way gets on")
struct YieldingProgressTests {
    private func moment(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: 10_000_000_000 + milliseconds * 1_000_000)
    }

    /// Of work that is patient for 0.8 s, and is looked at after 0.1 s.
    private func progress(_ taken: Counter) -> YieldingProgress {
        YieldingProgress(patienceNanoseconds: 800_000_000) { UInt64(taken.count) * 1000 }
    }

    private func made(_ delivery: HandOver.Delivery?) -> Bool { delivery != nil }

    @Test func `starves with less than a hundredth of a processor`() {
        for (microseconds, isStarving) in [(0, true), (999, true), (1000, false), (90_000, false)] {
            let taken = Counter()
            let progress = progress(taken)
            taken.add(microseconds)
            #expect(
                progress.isStarving(since: moment(0), at: moment(100)) == isStarving,
                "\(microseconds) µs"
            )
        }
    }

    @Test func `is judged by what was had since the last look`() {
        let taken = Counter()
        let progress = progress(taken)
        taken.add(50_000)
        #expect(!progress.isStarving(since: moment(0), at: moment(100)))
        #expect(progress.isStarving(since: moment(0), at: moment(200)))
        taken.add(10_000)
        // Looked at a moment ago: the same again.
        #expect(progress.isStarving(since: moment(120), at: moment(220)))
        #expect(!progress.isStarving(since: moment(200), at: moment(300)))
    }

    @Test func `leaves a piece that starves to others, and one that gets on only when it is too late`() {
        for isStarved in [true, false] {
            let taken = Counter()
            let progress = progress(taken)
            let start = moment(0)
            let piece = RepeatableWork({ { nil } }, progress: progress, at: start)
            #expect(piece.look(at: start) == .lookAgain)
            var findings: [RepeatableWork.Finding] = []
            for step in 1...9 {
                if !isStarved { taken.add(5_000) }
                findings.append(piece.look(at: start + UInt64(step) * 110_000_000))
            }
            let lookedAgain = isStarved ? 0 : 7
            #expect(findings.prefix(lookedAgain).allSatisfy { $0 == .lookAgain })
            #expect(findings[lookedAgain] == .insist)
            #expect(findings.dropFirst(lookedAgain + 1).allSatisfy { $0 == .nothing })
            #expect(piece.due == nil)
            #expect(!made(piece.attempt()))
            #expect(made(piece.attemptAgain()))
            #expect(!made(piece.attemptAgain()))
        }
    }
}

/// Notes how many works had been done whenever it was told.
private final class Receiver: WorkReceiver {
    let done = Counter()
    private let (seen, note) = AsyncStream<Int>.makeStream()
    private let all = Mutex<[Int]>([])

    var tellings: [Int] { all.withLock { $0 } }

    func worksEnded() {
        let count = done.count
        all.withLock { $0.append(count) }
        note.yield(count)
    }

    /// Waits until it is told with so many works done.
    func told(of count: Int) async {
        for await seen in seen where seen >= count { return }
    }
}

/// What work needs: adds one when it is used, and one when it goes.
private final class Held: Sendable {
    private let counter: Counter

    init(_ counter: Counter) { self.counter = counter }

    deinit { counter.add() }

    func use() { counter.add() }
}

private final class Counter: Sendable {
    private let value = Atomic<Int>(0)

    var count: Int { value.load(ordering: .relaxed) }

    @discardableResult
    func add(_ number: Int = 1) -> Int { value.add(number, ordering: .relaxed).newValue }
}
