import CloudTrail
import Logging
import Synchronization

/// Counts what becomes of notifications, and tells the operator what is lost.
final class NotificationMeter: Sendable {
    struct Reading: Sendable {
        var delivered: UInt64 = 0
        var failedAttempts: UInt64 = 0
        var givenUp: UInt64 = 0
        var failedTargets: UInt64 = 0
    }

    private let state = Mutex(Reading())

    var reading: Reading { state.withLock { $0 } }

    /// What the services tell; failures that are repeated are told at the level of debugging.
    func observer(_ logger: Logger) -> NotificationObserver {
        NotificationObserver(
            ruleTargetFailed: { [self] rule, target, reason in
                state.withLock { $0.failedTargets += 1 }
                logger.warning(
                    "a rule's event did not get to its target",
                    metadata: ["rule": "\(rule)", "target": "\(target)", "reason": "\(reason)"]
                )
            },
            delivered: { [self] _ in state.withLock { $0.delivered += 1 } },
            attemptFailed: { [self] subscription, reason in
                state.withLock { $0.failedAttempts += 1 }
                logger.debug(
                    "a notification was not taken and will be sent again",
                    metadata: ["subscription": "\(subscription)", "reason": "\(reason)"]
                )
            },
            givenUp: { [self] subscription, message, reason in
                state.withLock { $0.givenUp += 1 }
                logger.error(
                    "a notification is given up",
                    metadata: [
                        "subscription": "\(subscription)", "message": "\(message)", "reason": "\(reason)",
                    ]
                )
            }
        )
    }
}

// MARK: Metrics

extension NotificationMeter {
    func write(_ queue: DeliveryQueue, to text: inout PrometheusText) {
        let reading = reading
        text.begin(
            "strongroom_sns_deliveries_total",
            .counter,
            "Attempts to deliver notifications: delivered, failed and to be repeated, given up."
        )
        text.sample([("result", "delivered")], reading.delivered)
        text.sample([("result", "failed")], reading.failedAttempts)
        text.sample([("result", "given-up")], reading.givenUp)
        text.begin("strongroom_sns_deliveries_waiting", .gauge, "Notifications that wait, as last counted.")
        text.sample(queue.waiting)
        text.begin(
            "strongroom_events_failed_targets_total",
            .counter,
            "Events that a rule meant and its target did not get."
        )
        text.sample(reading.failedTargets)
    }
}
