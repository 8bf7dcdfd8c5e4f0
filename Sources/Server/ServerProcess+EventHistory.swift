import CloudTrail
import Logging
import Operations
import ServiceLifecycle
import Trail

extension ServerProcess {
    /// CloudTrail over the trail of this node, and the index that it looks events up in.
    static func eventHistory(
        of trail: TrailWriter,
        _ deployment: Deployment
    ) throws(DeploymentError) -> (CloudTrailService, TrailIndex) {
        do throws(TrailError) {
            let index = try TrailIndex(trail)
            return (CloudTrailService(index: index, keyring: deployment.keyrings), index)
        } catch {
            throw .trail(error)
        }
    }

    /// Indexes what was written to the trail, so that lookups have little left to do.
    var indexing: any Service { TrailIndexing(index: eventIndex, logger: logger) }
}

/// Brings the index of the trail's events up to date about once a second, on a thread of the lowest priority.
private struct TrailIndexing: Service {
    let index: TrailIndex
    let logger: Logger

    /// Segments cannot be read or the disk is full: nothing that a second mends.
    private static let pauseAfterFailure = Duration.seconds(30)

    func run() async throws {
        do {
            while !Task.isShuttingDownGracefully {
                let pause = await maintain()
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
            }
        } catch is CancellationError {
            // Told to stop during the pause.
        }
    }

    /// How long to wait before the next time.
    private func maintain() async -> Duration {
        do throws(TrailError) {
            let hasMore = try await LabourPool.shared.run(.background) { [index] () throws(TrailError) in
                try index.maintain()
            }
            return hasMore ? .milliseconds(1) : .seconds(1)
        } catch {
            // Lookups go on without what could not be indexed, only slower.
            logger.error("the trail's events cannot be indexed", metadata: ["error": "\(error)"])
            return Self.pauseAfterFailure
        }
    }
}
