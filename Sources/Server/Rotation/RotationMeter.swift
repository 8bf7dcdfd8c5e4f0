import SecretsManager
import Synchronization

/// Counts how rotations end, and remembers that one did which the trail was not told of yet.
final class RotationMeter: Sendable {
    private struct State {
        var ended: [RotationEnd: UInt64] = [:]
        var failedSteps: UInt64 = 0
        var hasNews = false
    }

    private let state = Mutex(State())

    func stepFailed() { state.withLock { $0.failedSteps += 1 } }

    func ended(_ end: RotationEnd) {
        state.withLock { state in
            state.ended[end, default: 0] += 1
            state.hasNews = true
        }
    }

    /// Whether rotations ended since the last question.
    func takeNews() -> Bool {
        state.withLock { state in
            defer { state.hasNews = false }
            return state.hasNews
        }
    }

    func write(to text: inout PrometheusText) {
        let reading = state.withLock { $0 }
        text.begin(
            "strongroom_secret_rotations_total",
            .counter,
            "Rotations of secrets, and tests of them, that this node ended."
        )
        for end in RotationEnd.allCases {
            text.sample([("result", end.rawValue)], reading.ended[end, default: 0])
        }
        text.begin(
            "strongroom_secret_rotation_steps_failed_total",
            .counter,
            "Steps of rotations that failed and are tried again or given up."
        )
        text.sample(reading.failedSteps)
    }
}
