import Logging
import SecretsManager
import ServiceLifecycle

/// Starts what is due of secrets' rotations, until the server is told to stop.
struct RotationLoop: Service {
    let engine: RotationEngine
    let contact: StoreContact
    let logger: Logger

    /// How often it is asked whether there is something, which costs no reading.
    private static let interval = Duration.milliseconds(100)

    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                if !contact.isDown, engine.hasWork { await dispatch(to: &group) }
                await Pause.untilShutdown(Self.interval)
            }
            engine.stop()
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
