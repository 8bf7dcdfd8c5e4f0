import CloudTrail
import Logging
import ServiceLifecycle
import Trail

import struct Foundation.Date

/// Gives the events of the trail to the rules, from where the last process stopped.
///
/// The place is kept after the deliveries of what came before it are in the store, so each event is matched at least
/// once.
struct TrailMatching: Service {
    let trail: TrailWriter
    /// The trail's own.
    let directory: String
    let events: EventBridgeService
    let contact: StoreContact
    let logger: Logger
    let now: @Sendable () -> Date

    private static let interval = Duration.milliseconds(200)
    /// How often the place is kept, which waits for the disk: while there are rules, and while there are none.
    private static let saveSeconds: (active: Duration, idle: Duration) = (.seconds(1), .seconds(30))

    func run() async {
        let bookmark = TrailBookmark("events", directory: directory)
        var state: State
        do throws(TrailError) {
            state = try State(following: trail, from: place(in: bookmark))
        } catch {
            return logger.error(
                "rules cannot see events: the trail cannot be followed",
                metadata: ["error": "\(error)"]
            )
        }
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            if !contact.isDown { await step(&state, bookmark) }
            await Pause.untilShutdown(Self.interval)
        }
        save(&state, in: bookmark)
    }

    private struct State {
        var follower: TrailFollower
        /// Up to where everything was given to the rules.
        var matched: TrailPosition
        var saved: TrailPosition?
        var savedAt = ContinuousClock.now
        var wasActive = false

        init(following trail: TrailWriter, from place: TrailPosition?) throws(TrailError) {
            let follower = try TrailFollower(trail, from: place)
            self.follower = follower
            saved = place
            // The first process that has rules does not look at what was before it.
            if place == nil { follower.skipToEnd() }
            matched = follower.position
        }
    }

    /// Nil where no place was kept, or it cannot be used.
    private func place(in bookmark: TrailBookmark) -> TrailPosition? {
        do throws(TrailError) {
            guard let place = try bookmark.load() else { return nil }
            guard place.trail == trail.trail else { throw .invalidPosition }
            return place
        } catch {
            logger.warning(
                "the place up to which rules saw events is lost: they see what is written from now on",
                metadata: ["error": "\(error)"]
            )
            return nil
        }
    }

    private func step(_ state: inout State, _ bookmark: TrailBookmark) async {
        do {
            let isActive = try await follow(&state)
            let interval = isActive ? Self.saveSeconds.active : Self.saveSeconds.idle
            if isActive != state.wasActive || .now - state.savedAt > interval { save(&state, in: bookmark) }
            state.wasActive = isActive
        } catch {
            logger.error("events cannot be given to rules; they wait", metadata: ["error": "\(error)"])
            rewind(&state, to: state.matched)
            await Pause.untilShutdown(.seconds(1))
        }
    }

    /// Whether there are rules.
    private func follow(_ state: inout State) async throws -> Bool {
        let changes = events.changeCount
        guard try await events.hasRules() else {
            state.follower.skipToEnd()
            // A rule that was made meanwhile may mean what was passed over.
            if events.changeCount != changes {
                rewind(&state, to: state.matched)
            } else {
                state.matched = state.follower.position
            }
            return false
        }
        while let batch = try state.follower.next() {
            if !batch.damages.isEmpty {
                logger.warning(
                    "the trail has lines that rules cannot see",
                    metadata: ["first": "\(batch.damages[0])"]
                )
            }
            try await events.take(batch, at: now())
            state.matched = state.follower.position
            if Task.isShuttingDownGracefully { break }
        }
        return true
    }

    private func rewind(_ state: inout State, to place: TrailPosition) {
        do throws(TrailError) {
            state.follower = try TrailFollower(trail, from: place)
        } catch {
            logger.error("the trail cannot be followed anew", metadata: ["error": "\(error)"])
        }
    }

    private func save(_ state: inout State, in bookmark: TrailBookmark) {
        state.savedAt = .now
        guard state.matched != state.saved else { return }
        do throws(TrailError) {
            try bookmark.save(state.matched)
            state.saved = state.matched
        } catch {
            logger.error(
                "the place up to which rules saw events cannot be kept",
                metadata: ["error": "\(error)"]
            )
        }
    }
}
