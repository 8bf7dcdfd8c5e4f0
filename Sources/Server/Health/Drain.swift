import Logging
import ServiceLifecycle

/// Stops before all others: says that requests should go elsewhere, and gives balancers time to hear it.
struct Drain: Service {
    let monitor: ReadinessMonitor
    let seconds: Int
    let logger: Logger
    let supervisor: ServiceManager?

    func run() async throws {
        try await gracefulShutdown()
        monitor.stop()
        supervisor?.tell("STOPPING=1")
        guard seconds > 0 else { return }
        logger.notice("stopping", metadata: ["drain-seconds": "\(seconds)"])
        do {
            try await Task.sleep(for: .seconds(seconds))
        } catch is CancellationError {
            // Something else ended the server: there is nothing left to wait for.
        }
    }
}
