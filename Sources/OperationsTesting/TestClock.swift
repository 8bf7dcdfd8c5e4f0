package import Foundation
import Synchronization

/// A clock that stands until a test moves it.
package final class TestClock: Sendable {
    private let time: Mutex<Date>

    /// By default at a time with a fraction that changes when it is stored and read again.
    package init(at start: Date = Date(timeIntervalSinceReferenceDate: 821_692_800.123_456_7)) {
        time = Mutex(start)
    }

    package var now: Date { time.withLock { $0 } }

    package func advance(days: Double) { time.withLock { $0 += days * 86_400 } }

    package func advance(seconds: Double) { time.withLock { $0 += seconds } }

    /// Moves to a point in time that an answer gave, in seconds since 1970.
    package func advance(to seconds: Double) { advance(seconds: seconds - now.timeIntervalSince1970) }
}
