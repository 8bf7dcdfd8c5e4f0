package import Foundation
import Synchronization

/// Slows down guessing: after a few failures each further one doubles the time until the next try is looked at.
///
/// Each user has its own delay, of five minutes at most, so that nobody can lock out another user, and a user
/// that is attacked gets in between. In memory alone: a restart forgets. Bounded: when it is full, those whose
/// delay is over, else those whose last failure is longest ago, are forgotten.
package final class PasswordAttempts: Sendable {
    private struct Failures {
        var count: Int
        var last: Date
    }

    private let failures = Mutex<[String: Failures]>([:])
    private let countMax: Int

    /// Failures that cost nothing.
    static let freeFailures = 3
    static let delaySecondsMax = 300.0

    package init(countMax: Int = 10_000) {
        self.countMax = countMax
    }

    /// Seconds until a try is looked at; zero when it is now.
    package func secondsToWait(_ principal: String, at now: Date) -> Double {
        failures.withLock { failures in
            guard let known = failures[principal] else { return 0 }
            return max(0, Self.delay(known.count) - now.timeIntervalSince(known.last))
        }
    }

    package func noteFailure(_ principal: String, at now: Date) {
        failures.withLock { failures in
            let count = (failures[principal]?.count ?? 0) + 1
            failures[principal] = Failures(count: count, last: now)
            if failures.count > countMax { Self.shrink(&failures, to: countMax * 3 / 4, at: now) }
        }
    }

    package func noteSuccess(_ principal: String) {
        failures.withLock { _ = $0.removeValue(forKey: principal) }
    }

    private static func delay(_ count: Int) -> Double {
        guard count >= freeFailures else { return 0 }
        return min(delaySecondsMax, Double(1 << min(count - freeFailures, 16)))
    }

    private static func shrink(_ failures: inout [String: Failures], to count: Int, at now: Date) {
        failures = failures.filter { now.timeIntervalSince($0.value.last) < delay($0.value.count) }
        guard failures.count > count else { return }
        let latest = failures.sorted { $0.value.last > $1.value.last }.prefix(count)
        failures = Dictionary(uniqueKeysWithValues: latest.map { ($0.key, $0.value) })
    }
}
