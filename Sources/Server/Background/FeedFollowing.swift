import Logging
import ServiceLifecycle
import Storage

/// Follows the feed of changes until the server is told to stop, and tells when the store is out of reach.
struct FeedFollowing: Service {
    let follower: ChangeFollower
    let contact: StoreContact
    let keyrings: KeyringFollower
    let meter: BackgroundMeter
    let logger: Logger

    func run() async {
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            await follow()
            await keyrings.follow()
            // A store that tells of changes ends the pause early; one that does not is asked again after it.
            await cancelWhenGracefulShutdown { [follower] in
                await follower.awaitChange(upTo: ChangeFollower.interval)
            }
        }
    }

    /// Looks whether the store was heard of in time; apart from the reading, which may take long to fail.
    func review() {
        tell(contact.review(at: .now), nil)
    }

    private func follow() async {
        do throws(StorageError) {
            try await follower.follow()
            meter.feedWasRead()
            tell(contact.noteReading(at: .now), nil)
        } catch .changesTrimmed {
            logger.warning("changes by others were missed, so everything in memory was forgotten")
        } catch {
            tell(contact.noteFailure(at: .now), error)
        }
    }

    private func tell(_ turn: StoreContact.Turn?, _ error: StorageError?) {
        let limit = contact.outageMax.components.seconds
        switch turn {
        case nil: return
        case .lost:
            logger.warning(
                "contact with the store is lost: what is in memory is used for up to \(limit) s",
                metadata: ["error": "\(error.map(\.description) ?? "it does not answer")"]
            )
        case .givenUp:
            logger.error("the store was not reached for \(limit) s: requests are refused until it is")
        case .regained(let gap):
            logger.notice("contact with the store is regained after \(gap.components.seconds) s")
        }
    }
}
