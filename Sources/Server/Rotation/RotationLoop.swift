import Logging
import SecretsManager
import ServiceLifecycle

/// Starts what is due of secrets' rotations, until the server is told to stop.
struct RotationLoop: Service {
    let engine: RotationEngine
    /// What functions come back through.
    let door: AwaitedDoor
    let contact: StoreContact
    /// Whether the trail is to be told of what has ended, and how it is told.
    let meter: RotationMeter
    let publish: @Sendable () async throws(SecretsManagerError) -> Void
    let logger: Logger

    /// How often it is asked whether there is something, which costs no reading.
    private static let interval = Duration.milliseconds(100)
    /// How long a server that is to stop waits for steps that are under way.
    private static let patience = Duration.seconds(3)

    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                if door.isOpen, !contact.isDown, engine.hasWork { await dispatch(to: &group) }
                if !contact.isDown, meter.takeNews() { await tell() }
                await Pause.untilShutdown(Self.interval)
            }
            engine.stop()
            // A step that takes longer is cut off and performed again after the start.
            let deadline = ContinuousClock.now + Self.patience
            while engine.isBusy, ContinuousClock.now < deadline, !Task.isCancelled { await rest() }
            group.cancelAll()
        }
    }

    private func tell() async {
        do throws(SecretsManagerError) {
            try await publish()
        } catch {
            // The scheduler tells it at its next turn.
            logger.debug("events of rotations wait", metadata: ["error": "\(error)"])
        }
    }

    private func rest() async {
        do {
            try await Task.sleep(for: Self.interval)
        } catch {
            // Cancelled: whoever rests looks for that next.
            return
        }
    }

    private func dispatch(to group: inout DiscardingTaskGroup) async {
        var tasks: [@Sendable () async -> Void] = []
        do throws(SecretsManagerError) {
            try await engine.dispatch { tasks.append($0) }
        } catch {
            logger.error("secrets cannot be rotated", metadata: ["error": "\(error)"])
            await Pause.untilShutdown(.seconds(1))
        }
        for task in tasks { group.addTask { await task() } }
    }
}
