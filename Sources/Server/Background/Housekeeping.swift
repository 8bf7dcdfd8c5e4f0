import IAM
import KMS
import Logging
import Scheduling
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
    let secrets: SecretsManagerService
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
            Repeating(interval: .seconds(10)) { try await runDueTasks(of: "keys", scheduler) },
            Repeating(interval: .seconds(10)) { try await runDueTasks(of: "secrets", secretScheduler) },
            Repeating(interval: .seconds(5), work: { [memory] in memory.giveBack() }),
            Repeating(interval: .seconds(60), work: tidyUp),
        ]
    }

    /// Carries out what is due of keys, or of secrets.
    private func runDueTasks<Tasks: ScheduledTasks>(
        of what: String,
        _ scheduler: Scheduler<Tasks>
    ) async throws {
        // That the store is out of reach has been told.
        guard !following.contact.isDown else { return }
        do throws(Tasks.Failure) {
            // A full run means that more may wait, and a backlog should not wait for the next turn.
            var carriedOut = Scheduler<Tasks>.tasksPerRunMax
            while carriedOut == Scheduler<Tasks>.tasksPerRunMax, !Task.isCancelled {
                carriedOut = try await scheduler.runDueTasks(at: now())
                meter.tasksWereRun(carriedOut, at: now())
            }
        } catch {
            meter.taskFailed()
            logger.error("due tasks of \(what) cannot be carried out", metadata: ["error": "\(error)"])
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

    /// Writes down when access keys and keys were last used, and secrets last read.
    func flushUses() async {
        do throws(KMSError) {
            try await kms.flushLastUsage()
        } catch {
            logger.error("last uses of keys cannot be written", metadata: ["error": "\(error)"])
        }
        do throws(SecretsManagerError) {
            try await secrets.flushAccesses()
        } catch {
            logger.error("last reads of secrets cannot be written", metadata: ["error": "\(error)"])
        }
        do throws(IAMError) {
            try await identities.flushUses()
        } catch {
            logger.error("last uses of access keys cannot be written", metadata: ["error": "\(error)"])
        }
    }
}
