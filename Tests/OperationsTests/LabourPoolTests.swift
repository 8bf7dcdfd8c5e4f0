import Foundation
import Synchronization
import Testing

@testable import Operations

@Suite("The labour pool")
struct LabourPoolTests {
    private enum Refusal: Error { case expected }

    @Test(arguments: [Labour.brief, .moderate, .long, .generation, .background])
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
                    await pool.run(.long) { done.add() }
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
        #expect(await pool.run(.background) { true })
        gate.signal()
        gate.signal()
        _ = await (stuck, waiting)
    }

    @Test func `tells who waits for works after they are done, and of works in a row together`() async {
        let pool = LabourPool(processors: 1)
        let gate = DispatchSemaphore(value: 0)
        let receiver = Receiver()
        for number in 0..<100 {
            pool.start(.long) {
                if number == 0 { gate.wait() }
                receiver.done.add()
                return receiver
            }
        }
        #expect(receiver.tellings.isEmpty)
        gate.signal()
        await receiver.told(of: 100)
        let tellings = receiver.tellings
        #expect(tellings.count < 100, "\(tellings)")
        #expect(tellings == tellings.sorted())
    }

    @Test func `keeps nothing of work that is done`() async {
        let pool = LabourPool(processors: 1)
        let gate = DispatchSemaphore(value: 0)
        let done = Counter()
        let held = Counter()
        async let last: Void = pool.run(.long) { gate.wait() }
        for _ in 0..<100 {
            let held = Held(held)
            pool.start(.long) {
                held.use()
                done.add()
                return nil
            }
        }
        gate.signal()
        await last
        // The one thread drops a work before it takes the next.
        while done.count < 100 { await pool.run(.long) {} }
        await pool.run(.long) {}
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
                return receiver
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
                return receiver
            }
            await receiver.told(of: number)
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

    func add() { value.add(1, ordering: .relaxed) }
}
