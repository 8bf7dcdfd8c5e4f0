import Glibc
import Synchronization

/// Gives every thread a lane, so that event loops do not wait for each other.
package enum TrailLane {
    private static let nextThread = Atomic<UInt>(0)

    /// Holds the thread's number plus one; nil when the process has no room for another thread-local key.
    private static let slot: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key, nil) == 0 ? key : nil
    }()

    /// The calling thread's lane among `lanes`: threads are numbered as they first ask, and take turns.
    ///
    /// Two threads may share a lane; they then wait for each other for the time of one append.
    package static func current(of lanes: Int) -> Int {
        precondition(lanes > 0, "a trail has at least one lane")
        guard let slot else { return 0 }
        if let held = pthread_getspecific(slot) {
            return Int((UInt(bitPattern: held) - 1) % UInt(lanes))
        }
        let number = nextThread.wrappingAdd(1, ordering: .relaxed).oldValue
        // A thread whose number cannot be kept asks for a fresh one next time: a lane all the same.
        _ = pthread_setspecific(slot, UnsafeRawPointer(bitPattern: number + 1))
        return Int(number % UInt(lanes))
    }
}
