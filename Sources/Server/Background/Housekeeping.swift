import IAM
import KMS
import Logging
import SecretsManager
import ServiceLifecycle
import Trail

import struct Foundation.Date

/// The work that goes on beside the requests; its failures are logged and tried again.
struct Housekeeping: Sendable {
    let following: FeedFollowing
    let scheduler: KeyScheduler
    let secretScheduler: SecretScheduler
    let kms: KeyManagementService
    let identities: IdentityDirectory
    let trail: TrailWriter
    let meter: BackgroundMeter
    let memory = FreedMemory()
    let logger: Logger
    let now: @Sendable () -> Date

    /// In the order in which they are started; they are stopped in the reverse order.
    var services: [any Service] {
        [
            following,
            Repeating(interval: ChangeFollower.interval) { following.review() },
            Repeating(interval: .seconds(10), work: runDueTasks),
            Repeating(interval: .seconds(10), work: runDueTasksOfSecrets),
            Repeating(interval: .seconds(5), work: { [memory] in memory.giveBack() }),
            Repeating(interval: .seconds(60), work: tidyUp),
        ]
    }

    private func runDueTasks() async throws {
        // That the store is out of reach has been told.
        guard !following.contact.isDown else { return }
        do throws(KMSError) {
            // A full run means that more may wait, and a backlog should not wait for the next turn.
            var carriedOut = KeyScheduler.tasksPerRunMax
            while carriedOut == KeyScheduler.tasksPerRunMax, !Task.isCancelled {
                carriedOut = try await scheduler.runDueTasks(at: now())
                meter.tasksWereRun(carriedOut, at: now())
            }
        } catch {
            meter.taskFailed()
            logger.error("due tasks of keys cannot be carried out", metadata: ["error": "\(error)"])
        }
    }

    private func runDueTasksOfSecrets() async throws {
        guard !following.contact.isDown else { return }
        do throws(SecretsManagerError) {
            var carriedOut = SecretScheduler.tasksPerRunMax
            while carriedOut == SecretScheduler.tasksPerRunMax, !Task.isCancelled {
                carriedOut = try await secretScheduler.runDueTasks(at: now())
                meter.tasksWereRun(carriedOut, at: now())
            }
        } catch {
            meter.taskFailed()
            logger.error("due tasks of secrets cannot be carried out", metadata: ["error": "\(error)"])
        }
    }

    private func tidyUp() async throws {
        if !following.contact.isDown { await flushUses() }
        do throws(TrailError) {
            try trail.sealAgedSegments()
        } catch {
            logger.error("aged trail segments cannot be sealed", metadata: ["error": "\(error)"])
        }
    }

    /// Writes down when access keys and keys were last used.
    func flushUses() async {
        do throws(KMSError) {
            try await kms.flushLastUsage()
        } catch {
            logger.error("last uses of keys cannot be written", metadata: ["error": "\(error)"])
        }
        do throws(IAMError) {
            try await identities.flushUses()
        } catch {
            logger.error("last uses of access keys cannot be written", metadata: ["error": "\(error)"])
        }
    }
}
