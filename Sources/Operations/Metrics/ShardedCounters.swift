import Glibc
import Synchronization
import Trail

/// A row of counters that many threads add to without waiting for each other.
///
/// Every thread adds to a copy of its own, or one it shares with few, and a reader sums the copies. An addition
/// is one relaxed atomic instruction on a cache line that the thread's core owns. A sum is not of one moment,
/// but no addition is ever lost.
package final class ShardedCounters: @unchecked Sendable {
    // Unchecked: the memory is made in `init`, freed in `deinit`, and in between touched by atomics alone.
    private let cells: UnsafeMutablePointer<Atomic<UInt64>>
    private let shards: Int
    /// Cells from one copy to the next: whole cache lines, and one more against the core's prefetching.
    private let stride: Int
    package let count: Int

    private static let cellsPerLine = 8
    private static let lineBytes = 64
    package static let shardsMax = 64

    /// Makes counters at zero in as many copies as threads may want to add at the same time.
    package init(count: Int, shards: Int = ShardedCounters.shardsDefault) {
        precondition(count > 0 && (1...Self.shardsMax).contains(shards), "there is something to count")
        self.count = count
        self.shards = shards
        stride = ((count + Self.cellsPerLine - 1) / Self.cellsPerLine + 1) * Self.cellsPerLine
        let all = stride * shards
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: all * MemoryLayout<Atomic<UInt64>>.stride,
            alignment: Self.lineBytes
        )
        cells = memory.bindMemory(to: Atomic<UInt64>.self, capacity: all)
        for index in 0..<all { (cells + index).initialize(to: Atomic(0)) }
    }

    deinit {
        cells.deinitialize(count: stride * shards)
        UnsafeMutableRawPointer(cells).deallocate()
    }

    /// Twice the cores: one copy for each event loop and each thread of the tasks' pool.
    package static let shardsDefault = min(shardsMax, max(1, 2 * Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

    /// The copy of the calling thread, which may add to several counters of it.
    @inline(__always)
    package var currentShard: Int { TrailLane.current(of: shards) }

    @inline(__always)
    package func add(_ amount: UInt64 = 1, to index: Int, of shard: Int) {
        precondition(index >= 0 && index < count && shard >= 0 && shard < shards, "no such counter")
        cells[shard * stride + index].wrappingAdd(amount, ordering: .relaxed)
    }

    /// Adds to a counter of the calling thread's copy.
    @inline(__always)
    package func add(_ amount: UInt64 = 1, to index: Int) {
        add(amount, to: index, of: currentShard)
    }

    /// What was added to a counter by all threads.
    package func total(_ index: Int) -> UInt64 {
        precondition(index >= 0 && index < count, "no such counter")
        var sum: UInt64 = 0
        for shard in 0..<shards { sum &+= cells[shard * stride + index].load(ordering: .relaxed) }
        return sum
    }
}
