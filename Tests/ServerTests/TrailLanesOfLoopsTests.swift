import NIOCore
import NIOPosix
import Testing
import Trail

@testable import Server

@Suite("The trail's lanes")
struct TrailLanesOfLoopsTests {
    @Test func `are one for each event loop, behind those of other threads`() async throws {
        let count = ServerProcess.assignLanes()
        var given: [Int] = []
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            given.append(try await loop.submit { TrailLane.current(of: count) }.get())
        }
        // More than 16 event loops share lanes.
        let distinct = min(given.count, 16)
        #expect(count == 2 * distinct)
        #expect(Set(given) == Set(distinct..<2 * distinct))
    }
}
