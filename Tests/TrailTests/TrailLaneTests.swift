import Foundation
import Synchronization
import Testing

@testable import Trail

@Suite("TrailLane")
struct TrailLaneTests {
    private final class Lanes: Sendable {
        let seen = Mutex<[[Int]]>([])
    }

    /// The lanes that each of so many threads is given when it asks three times.
    private func lanes(threads: Int, of count: Int) -> [[Int]] {
        let lanes = Lanes()
        let done = DispatchSemaphore(value: 0)
        for _ in 0..<threads {
            Thread {
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

    @Test func `spreads threads over the lanes`() {
        // Other tests' threads take turns too, so that not all of three lanes need be among three threads'.
        #expect(Set(lanes(threads: 60, of: 3).map { $0[0] }) == [0, 1, 2])
    }

    @Test func `has one answer when there is one lane`() {
        #expect(lanes(threads: 2, of: 1) == [[0, 0, 0], [0, 0, 0]])
    }
}
