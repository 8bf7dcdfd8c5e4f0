/// Waiting for changes where nothing tells of them.
enum ChangePause {
    /// Sleeps, or returns at once when the task is cancelled.
    static func sleep(for duration: Duration) async {
        do {
            try await Task.sleep(for: duration)
        } catch {
            // Cancelled: whoever cancelled knows what to do next.
            return
        }
    }
}
