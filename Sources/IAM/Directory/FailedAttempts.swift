package import Foundation
import Synchronization

/// Slows down guessing: after a few failures each further one doubles the time that a try costs.
///
/// Each principal has its own delay, so that nobody can slow down another. In memory alone: a restart forgets.
/// Bounded: when it is full, those whose delay is over, else those whose last failure is longest ago, are
/// forgotten.
package final class FailedAttempts: Sendable {
    /// How failures are counted and what they cost; in seconds.
    package struct Pace: Sendable {
        /// Failures that cost nothing.
        let free: Int
        let firstDelay: Double
        let delayMax: Double
        /// A failure after so long a quiet time is the first again.
        let forgottenAfter: Double

        /// Of passwords: a try is not looked at before its time.
        package static let passwords = Pace(free: 2, firstDelay: 1, delayMax: 300, forgottenAfter: .infinity)

        /// Of signatures: the refusal comes later.
        ///
        /// A right signature is never kept waiting, since whoever knows an access key's id could otherwise shut its
        /// owner out.
        package static let signatures = Pace(free: 10, firstDelay: 0.1, delayMax: 3, forgottenAfter: 60)
    }

    private struct Failures {
        var count: Int
        var last: Date
    }

    private let failures = Mutex<[String: Failures]>([:])
    private let pace: Pace
    private let countMax: Int

    package init(_ pace: Pace, countMax: Int = 10_000) {
        self.pace = pace
        self.countMax = countMax
    }

    /// Seconds until a try is looked at; zero when it is now.
    package func secondsToWait(_ principal: String, at now: Date) -> Double {
        failures.withLock { failures in
            guard let known = failures[principal] else { return 0 }
            return max(0, delay(known.count) - now.timeIntervalSince(known.last))
        }
    }

    /// Counts a failure, and gives the seconds that it costs.
    @discardableResult
    package func noteFailure(_ principal: String, at now: Date) -> Double {
        failures.withLock { failures in
            let known = failures[principal].flatMap { isForgotten($0, at: now) ? nil : $0 }
            let count = (known?.count ?? 0) + 1
            failures[principal] = Failures(count: count, last: now)
            if failures.count > countMax { shrink(&failures, to: countMax * 3 / 4, at: now) }
            return delay(count)
        }
    }

    package func noteSuccess(_ principal: String) {
        failures.withLock { _ = $0.removeValue(forKey: principal) }
    }

    /// How many principals are remembered.
    package var count: Int { failures.withLock { $0.count } }

    private func delay(_ count: Int) -> Double {
        guard count > pace.free else { return 0 }
        return min(pace.delayMax, pace.firstDelay * Double(1 << min(count - pace.free - 1, 16)))
    }

    private func isForgotten(_ failures: Failures, at now: Date) -> Bool {
        now.timeIntervalSince(failures.last) > pace.forgottenAfter
    }

    private func shrink(_ failures: inout [String: Failures], to count: Int, at now: Date) {
        failures = failures.filter { now.timeIntervalSince($0.value.last) < delay($0.value.count) }
        guard failures.count > count else { return }
        let latest = failures.sorted { $0.value.last > $1.value.last }.prefix(count)
        failures = Dictionary(uniqueKeysWithValues: latest.map { ($0.key, $0.value) })
    }
}
