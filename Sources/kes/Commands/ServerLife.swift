import KESServer
import UnixSignals

/// Waits until the server is told to stop; reloads it when it is told to, and its certificates now and then.
enum ServerLife {
    private static let certificateSeconds = 15 * 60

    static func run(_ server: KESServerProcess) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let signals = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
                for await signal in signals {
                    guard signal == .sighup else { return }
                    await server.reload()
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    // It throws only when it is cancelled, and then the loop ends.
                    try? await Task.sleep(for: .seconds(certificateSeconds))
                    guard !Task.isCancelled else { return }
                    server.reloadCertificates()
                }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
