import Synchronization

/// What the threads of a store know together about the database being out of reach.
///
/// For a moment callers wait for it to come back, so that a restart goes unnoticed. After that they are turned
/// away at once, except for one every now and then that tries: less and less often, and at random moments, so
/// that many nodes do not all come at once.
final class PostgreSQLOutage: Sendable {
    /// How long callers wait for a database that has just gone.
    static let grace = Duration.seconds(2)
    private static let pauseMin = Duration.milliseconds(50)
    private static let pauseMax = Duration.seconds(1)

    private struct State {
        var began: ContinuousClock.Instant?
        var nextTrial: ContinuousClock.Instant?
        var pause = PostgreSQLOutage.pauseMin
        var reason = ""
        /// Whether the database was ever reached: nobody waits at the start for one that is misnamed.
        var wasReached = false
    }

    private let state = Mutex(State())

    /// Whether a caller may ask the database.
    enum Admission {
        case free
        /// It is the one who tries whether the database is back.
        case trial
        case refused(PostgreSQLFailure)

        var isTrial: Bool { if case .trial = self { true } else { false } }
    }

    func admission(at now: ContinuousClock.Instant) -> Admission {
        state.withLock { state in
            guard let began = state.began, now >= began + Self.grace else { return .free }
            if let nextTrial = state.nextTrial, now < nextTrial { return .refused(.lost(state.reason)) }
            state.nextTrial = now + Self.random(upTo: state.pause)
            state.pause = min(state.pause * 2, Self.pauseMax)
            return .trial
        }
    }

    /// Why one who was let in, and had to wait, is turned away after all; nil when there is no reason.
    func refusal(at now: ContinuousClock.Instant) -> PostgreSQLFailure? {
        state.withLock { state in
            guard let began = state.began, now >= began + Self.grace else { return nil }
            return .lost(state.reason)
        }
    }

    /// Notes that the database was out of reach.
    ///
    /// - Returns: How long to wait before trying again; nil when the caller is to be told.
    func note(_ reason: String, at now: ContinuousClock.Instant) -> Duration? {
        state.withLock { state in
            let began = state.began ?? now
            state.began = began
            state.reason = reason
            guard state.wasReached, now < began + Self.grace else { return nil }
            return Self.random(upTo: .milliseconds(200))
        }
    }

    /// Notes that the database answered.
    func end() {
        state.withLock { state in
            if state.began != nil || !state.wasReached { state = State(wasReached: true) }
        }
    }

    /// Between half of the longest pause and all of it.
    private static func random(upTo longest: Duration) -> Duration {
        .milliseconds(Int64.random(in: longest.milliseconds / 2...longest.milliseconds))
    }
}
