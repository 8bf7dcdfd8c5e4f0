import Foundation
import KESServer
import ServiceLifecycle
import UnixSignals

/// The KES door until the server is told to stop: SIGHUP reads its configuration anew, its certificates are read
/// now and then.
struct KESDoorService: Service {
    let door: KESServerProcess
    let onRunning: @Sendable (String) async -> Void

    private static let certificatePause = Duration.seconds(15 * 60)

    func run() async throws {
        let open: OpenDoor
        do throws(DoorOpeningError) {
            open = try await door.open()
        } catch {
            throw DoorError.service("The KES door: \(error)")
        }
        await onRunning(open.address)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Until it is cancelled or told to stop, whichever comes first.
                _ = try? await gracefulShutdown()
            }
            group.addTask { [door] in
                for await _ in await UnixSignalsSequence(trapping: .sighup) { await door.reload() }
            }
            group.addTask { [door] in
                while !Task.isCancelled {
                    // It throws only when it is cancelled, and then the loop ends.
                    _ = try? await Task.sleep(for: Self.certificatePause)
                    if !Task.isCancelled { door.reloadCertificates() }
                }
            }
            await group.next()
            group.cancelAll()
        }
        await open.close()
        door.end()
    }
}
