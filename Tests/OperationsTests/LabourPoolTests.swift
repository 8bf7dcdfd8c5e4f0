import Foundation
import Synchronization
import Testing

@testable import Operations

@Suite("The labour pool")
struct LabourPoolTests {
    private enum Refusal: Error { case expected }

    @Test(arguments: [Labour.brief, .long, .generation])
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

    @Test func `lets long work pass while generations hold all their threads`() async {
        let pool = LabourPool(processors: 2)
        let gate = DispatchSemaphore(value: 0)
        async let stuck: Void = pool.run(.generation) { gate.wait() }
        async let waiting: Void = pool.run(.generation) { gate.wait() }
        #expect(await pool.run(.long) { true })
        gate.signal()
        gate.signal()
        _ = await (stuck, waiting)
    }
}

private final class Counter: Sendable {
    private let value = Atomic<Int>(0)

    var count: Int { value.load(ordering: .relaxed) }

    func add() { value.add(1, ordering: .relaxed) }
}
