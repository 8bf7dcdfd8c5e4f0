import Foundation
import Synchronization
import Testing

@testable import Trail

@Suite("TrailLane")
struct TrailLaneTests {
    private final class Lanes: Sendable {
        let seen = Mutex<[[Int]]>([])
    }

    /// The lanes that each of so many threads, given its number, is told when it asks three times.
    private func lanes(
        threads: Int,
        of count: Int,
        before: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> [[Int]] {
        let lanes = Lanes()
        let done = DispatchSemaphore(value: 0)
        for number in 0..<threads {
            Thread {
                before(number)
                let given = (0..<3).map { _ in TrailLane.current(of: count) }
                lanes.seen.withLock { $0.append(given) }
                done.signal()
            }.start()
        }
        for _ in 0..<threads { done.wait() }
        return lanes.seen.withLock { $0 }
    }

    @Test func `gives a thread the same lane every time`() {
        for given in lanes(threads: 8, of: 5) {
            #expect(Set(given).count == 1)
            #expect((0..<5).contains(given[0]))
        }
    }

    @Test func `spreads threads over the first half of the lanes`() {
        // Other tests' threads take turns too, so that not all of three lanes need be among three threads'.
        #expect(Set(lanes(threads: 60, of: 6).map { $0[0] }) == [0, 1, 2])
        #expect(Set(lanes(threads: 60, of: 5).map { $0[0] }) == [0, 1, 2])
    }

    @Test func `gives event loops lanes that no other thread has`() {
        let ofLoops = lanes(threads: 4, of: 8) { number in
            // What was asked before does not matter, nor does a second claim.
            _ = TrailLane.current(of: 8)
            TrailLane.claim(forEventLoop: number)
            TrailLane.claim(forEventLoop: number)
        }
        #expect(ofLoops.allSatisfy { Set($0).count == 1 })
        #expect(ofLoops.map { $0[0] }.sorted() == [4, 5, 6, 7])
        #expect(Set(lanes(threads: 60, of: 8).map { $0[0] }) == [0, 1, 2, 3])
    }

    @Test func `has more event loops than lanes share them`() {
        let ofLoops = lanes(threads: 5, of: 4) { TrailLane.claim(forEventLoop: $0) }
        #expect(ofLoops.map { $0[0] }.sorted() == [2, 2, 2, 3, 3])
    }

    @Test func `has one answer when there is one lane`() {
        #expect(lanes(threads: 2, of: 1) == [[0, 0, 0], [0, 0, 0]])
        let ofLoops = lanes(threads: 2, of: 1) { TrailLane.claim(forEventLoop: $0) }
        #expect(ofLoops == [[0, 0, 0], [0, 0, 0]])
    }
}
