import AWSProtocol
import Storage

import struct Foundation.Date

/// Sends events to the targets of the rules that mean them.
package struct EventRouter: Sendable {
    let topics: NotificationService

    /// Puts the messages of an event into the queue of deliveries, all of a rule's or none.
    ///
    /// What a topic's policy refuses, and what is sent to a topic that is gone, is lost as it is in AWS: it is
    /// logged and counted.
    func send(_ event: BusEvent, to rules: [Rule], at now: Date) async throws(EventBridgeError) {
        for rule in rules {
            for target in rule.targets {
                let message = PublishedMessage(
                    // The same for the same event, so that a receiver knows what it gets twice.
                    id: NameID.derived(from: [event.id, rule.locator.arn, target.id]),
                    text: target.text(for: event, of: rule.locator, at: Timestamp.iso8601(now))
                )
                do throws(SNSError) {
                    try await topics.publish(message, to: target.arn, onBehalfOf: rule.locator, at: now)
                } catch {
                    if case .storage(let reason) = error { throw .storage(reason) }
                    if case .throttled = error { throw .storage(.full) }
                    topics.observer.ruleTargetFailed(rule.locator.arn, target.arn, error.reason)
                }
            }
        }
    }
}
