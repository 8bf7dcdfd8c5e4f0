import ServiceLifecycle

/// Keeps the process until what a door began is done and recorded, whether or not anyone still waits for it.
///
/// To be started before its door, so that it is stopped after it.
struct Unfinished: Service {
    let meter: DoorMeter

    func run() async throws {
        try await gracefulShutdown()
        // Work on the fast lane outlives its connection: the door does not wait for it.
        while meter.requestsInFlight > 0 { try await Task.sleep(for: .milliseconds(10)) }
    }
}
