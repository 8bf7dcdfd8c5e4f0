import ServiceLifecycle

/// Does something again and again until the server is told to stop.
struct Repeating: Service {
    let interval: Duration
    /// Does its work once; what it throws ends the server.
    let work: @Sendable () async throws -> Void

    func run() async throws {
        do {
            while !Task.isShuttingDownGracefully {
                // Only the pause is cut short: work that has begun is finished.
                try await work()
                try await cancelWhenGracefulShutdown { [interval] in try await Task.sleep(for: interval) }
            }
        } catch is CancellationError {
            // Told to stop during the pause.
        }
    }
}
