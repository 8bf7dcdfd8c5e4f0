import Glibc
import Synchronization

/// Gives every thread a lane, so that event loops wait for nobody.
///
/// The threads of event loops share the second half of all lanes, the other threads the first half: with as many lanes
/// in each as there are event loops, every event loop has one of its own. Events of one second are told in the order of
/// their lanes, so that a key is made, by a thread that may wait, before it is used, by an event loop.
package enum TrailLane {
    private static let nextLoop = Atomic<UInt>(0)
    private static let nextOther = Atomic<UInt>(0)

    /// Holds what ``Place`` makes of the thread; nil when the process has no room for another thread-local key.
    private static let slot: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key, nil) == 0 ? key : nil
    }()

    /// Makes the calling thread one that runs an event loop, until it ends; it may have had another lane before.
    package static func claimForEventLoop() {
        guard let slot else { return }
        if let held = pthread_getspecific(slot), Place(held).isEventLoop { return }
        _ = place(isEventLoop: true, in: slot)
    }

    /// The calling thread's lane among `lanes`: threads are numbered as they first ask, and take turns.
    ///
    /// Two threads may share a lane; they then wait for each other for the time of one append.
    package static func current(of lanes: Int) -> Int {
        precondition(lanes > 0, "a trail has at least one lane")
        guard let slot else { return 0 }
        let held = pthread_getspecific(slot)
        return (held.map(Place.init) ?? place(isEventLoop: false, in: slot)).lane(of: UInt(lanes))
    }

    /// Numbers the calling thread.
    private static func place(isEventLoop: Bool, in slot: pthread_key_t) -> Place {
        let number =
            isEventLoop
            ? nextLoop.wrappingAdd(1, ordering: .relaxed).oldValue
            : nextOther.wrappingAdd(1, ordering: .relaxed).oldValue
        let place = Place(number: number, isEventLoop: isEventLoop)
        // A thread whose place cannot be kept asks for a fresh one next time: a lane all the same.
        _ = pthread_setspecific(slot, place.kept)
        return place
    }

    /// A thread's number among those of its kind.
    private struct Place {
        let number: UInt
        let isEventLoop: Bool

        init(number: UInt, isEventLoop: Bool) {
            self.number = number
            self.isEventLoop = isEventLoop
        }

        init(_ kept: UnsafeMutableRawPointer) {
            let bits = UInt(bitPattern: kept)
            number = bits >> 1 - 1
            isEventLoop = bits & 1 == 1
        }

        /// Never nil, which stands for a thread without a place.
        var kept: UnsafeRawPointer? {
            UnsafeRawPointer(bitPattern: (number &+ 1) << 1 | (isEventLoop ? 1 : 0))
        }

        func lane(of lanes: UInt) -> Int {
            let ofOthers = (lanes + 1) / 2
            guard isEventLoop, lanes > 1 else { return Int(number % ofOthers) }
            return Int(ofOthers + number % (lanes - ofOthers))
        }
    }
}
