import Glibc
import Synchronization

/// Gives every thread a lane, so that event loops wait for nobody when they tell what they did by themselves.
///
/// The threads of event loops share the second half of all lanes, the other threads the first half: with as many lanes
/// in each as there are event loops, every event loop has one of its own. Events of one second are told in the order of
/// their lanes, so that a key is made, by a thread that may wait, before it is used, by an event loop.
package enum TrailLane {
    private static let nextThread = Atomic<UInt>(0)

    /// Holds what ``Place`` makes of the thread; nil when the process has no room for another thread-local key.
    private static let slot: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key, nil) == 0 ? key : nil
    }()

    /// Makes the calling thread that of an event loop, until it ends; it may have had another lane before.
    ///
    /// Event loops are numbered from zero.
    package static func claim(forEventLoop number: Int) {
        precondition(number >= 0, "event loops are numbered from zero")
        guard let slot else { return }
        keep(Place(number: UInt(number), isEventLoop: true), in: slot)
    }

    /// The calling thread's lane among `lanes`: threads without an event loop are numbered as they first ask, and take
    /// turns.
    ///
    /// Two threads may share a lane; they then wait for each other for the time of one append.
    package static func current(of lanes: Int) -> Int {
        precondition(lanes > 0, "a trail has at least one lane")
        guard let slot else { return 0 }
        if let kept = pthread_getspecific(slot) { return Place(kept).lane(of: UInt(lanes)) }
        let number = nextThread.wrappingAdd(1, ordering: .relaxed).oldValue
        let place = Place(number: number, isEventLoop: false)
        keep(place, in: slot)
        return place.lane(of: UInt(lanes))
    }

    /// A thread whose place cannot be kept is numbered anew when it asks again: a lane all the same.
    private static func keep(_ place: Place, in slot: pthread_key_t) {
        _ = pthread_setspecific(slot, place.kept)
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
