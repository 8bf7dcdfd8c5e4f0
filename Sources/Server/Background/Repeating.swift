import ServiceLifecycle

/// Does something again and again until the server is told to stop.
struct Repeating: Service {
    let interval: Duration
    /// Does its work once; what it throws ends the server.
    let work: @Sendable () async throws -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    try await work()
                    try await Task.sleep(for: interval)
                }
            }
        } catch is CancellationError {
            // Told to stop.
        }
    }
}
