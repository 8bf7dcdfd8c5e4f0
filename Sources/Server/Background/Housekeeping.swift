import IAM
import KMS
import Logging
import ServiceLifecycle
import Storage
import Trail

import struct Foundation.Date

/// The work that goes on beside the requests; its failures are logged and tried again.
struct Housekeeping: Sendable {
    let follower: ChangeFollower
    let keyrings: KeyringFollower
    let scheduler: KeyScheduler
    let kms: KeyManagementService
    let identities: IdentityDirectory
    let trail: TrailWriter
    let logger: Logger
    let now: @Sendable () -> Date

    /// In the order in which they are started; they are stopped in the reverse order.
    var services: [any Service] {
        [
            Repeating(interval: ChangeFollower.interval, work: followChanges),
            Repeating(interval: .seconds(10), work: runDueTasks),
            Repeating(interval: .seconds(60), work: tidyUp),
        ]
    }

    private func followChanges() async throws {
        do throws(StorageError) {
            try await follower.follow()
        } catch .changesTrimmed {
            logger.warning("changes by others were missed, so everything in memory was forgotten")
        } catch {
            logger.error("the feed of changes cannot be read", metadata: ["error": "\(error)"])
        }
        await keyrings.follow()
    }

    private func runDueTasks() async throws {
        do throws(KMSError) {
            // A full run means that more may wait, and a backlog should not wait for the next turn.
            var carriedOut = KeyScheduler.tasksPerRunMax
            while carriedOut == KeyScheduler.tasksPerRunMax, !Task.isCancelled {
                carriedOut = try await scheduler.runDueTasks(at: now())
            }
        } catch {
            logger.error("due tasks of keys cannot be carried out", metadata: ["error": "\(error)"])
        }
    }

    private func tidyUp() async throws {
        await flushUses()
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
