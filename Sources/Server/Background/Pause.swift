import ServiceLifecycle

/// Pauses that end when the server is told to stop.
enum Pause {
    static func untilShutdown(_ duration: Duration) async {
        do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
        } catch {
            // Told to stop: whoever paused looks for that next.
            return
        }
    }
}
