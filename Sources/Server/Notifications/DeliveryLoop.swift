import CloudTrail
import Logging
import ServiceLifecycle

/// Starts deliveries as they are due, until the server is told to stop.
struct DeliveryLoop: Service {
    let worker: DeliveryWorker
    let contact: StoreContact
    let logger: Logger

    /// How often it is asked whether there is something, which costs no reading.
    private static let interval = Duration.milliseconds(50)
    /// How often what waits is counted, and what was never confirmed is removed.
    private static let tidyInterval = Duration.seconds(60)

    func run() async {
        await withDiscardingTaskGroup { group in
            var tidied: ContinuousClock.Instant?
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                if !contact.isDown {
                    if tidied.map({ .now - $0 > Self.tidyInterval }) ?? true {
                        await tidyUp()
                        tidied = .now
                    }
                    if worker.hasWork { await dispatch(to: &group) }
                }
                await Pause.untilShutdown(Self.interval)
            }
        }
    }

    private func dispatch(to group: inout DiscardingTaskGroup) async {
        var attempts: [@Sendable () async -> Void] = []
        do throws(SNSError) {
            try await worker.dispatch { attempts.append($0) }
        } catch {
            logger.error("notifications cannot be delivered", metadata: ["error": "\(error)"])
            await Pause.untilShutdown(.seconds(1))
        }
        for attempt in attempts { group.addTask { await attempt() } }
    }

    private func tidyUp() async {
        do throws(SNSError) {
            try await worker.tidyUp()
        } catch {
            logger.error("the queue of notifications cannot be counted", metadata: ["error": "\(error)"])
        }
    }
}
