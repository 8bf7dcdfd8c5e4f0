import CPostgreSQL
import Foundation
import Glibc
import Synchronization

/// Hears of commits by other nodes as they happen; the feed alone says what they were.
///
/// It listens from the first time that somebody waits. A notification may be lost with the connection: whoever
/// waits is woken when it breaks and when it is back, and never waits longer than asked for.
final class PostgreSQLListener: Sendable {
    static let channel = "strongroom_changes"

    private static let pauseMax = 2.0

    private struct State {
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
        /// The highest number a notification has told.
        var latest: Int64 = 0
        var hasThread = false
        var isClosed = false
    }

    private struct Waiter {
        let sequence: Int64
        let caller: CheckedContinuation<Void, Never>
    }

    private let address: PostgreSQLAddress
    private let state = Mutex(State())
    private let living = DispatchGroup()
    /// The ends of a pipe, by which the thread is told to end; nil when none was to be had.
    private let alarm: (heard: Int32, rung: Int32)?

    init(_ address: PostgreSQLAddress) {
        self.address = address
        var ends: [Int32] = [-1, -1]
        alarm = pipe(&ends) == 0 ? (ends[0], ends[1]) : nil
    }

    deinit {
        guard let alarm else { return }
        _ = Glibc.close(alarm.heard)
        _ = Glibc.close(alarm.rung)
    }

    /// Whether the server has notifications; some that speak PostgreSQL's protocol do not.
    static func isSupported(
        by connection: PostgreSQLConnection,
        until deadline: ContinuousClock.Instant
    ) throws(PostgreSQLFailure) -> Bool {
        do throws(PostgreSQLFailure) {
            try connection.run(
                PostgreSQLStatement("SELECT pg_notify($1, '')", [.text(channel)]),
                until: deadline
            )
            try connection.run(PostgreSQLStatement("LISTEN \(channel)"), until: deadline)
            try connection.run(PostgreSQLStatement("UNLISTEN \(channel)"), until: deadline)
            return true
        } catch .refused {
            return false
        }
    }

    /// Waits until a change after `sequence` was told of, or `longest` has passed.
    func awaitChange(after sequence: Int64, upTo longest: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.awaitChange(after: sequence) }
            group.addTask { await ChangePause.sleep(for: longest) }
            await group.next()
            group.cancelAll()
        }
    }

    /// How many are waiting.
    var waiting: Int { state.withLock { $0.waiters.count } }

    func close() async {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.caller.resume() }
        ring()
        await withCheckedContinuation { caller in
            living.notify(queue: .global()) { caller.resume() }
        }
    }

    /// Waits until a change after `sequence` was told of, or what was told may have been lost, however long that takes.
    func awaitChange(after sequence: Int64) async {
        startThreadIfNeeded()
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { caller in
                let isOver = state.withLock { state in
                    guard !state.isClosed, state.latest <= sequence, !Task.isCancelled else { return true }
                    state.waiters[number] = Waiter(sequence: sequence, caller: caller)
                    return false
                }
                if isOver { caller.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.caller.resume()
        }
    }

    /// Wakes those who wait for an earlier number; all of them when it is not known what happened.
    private func wake(_ latest: Int64?) {
        let woken = state.withLock { state in
            // A server that others took over from may count from an earlier number.
            state.latest = latest.map { max(state.latest, $0) } ?? 0
            let woken = state.waiters.filter { latest ?? .max > $0.value.sequence }
            for number in woken.keys { state.waiters[number] = nil }
            return woken.values
        }
        for waiter in woken { waiter.caller.resume() }
    }
}

// MARK: Thread

extension PostgreSQLListener {
    private func startThreadIfNeeded() {
        let needsThread = state.withLock { state in
            guard !state.hasThread, !state.isClosed, alarm != nil else { return false }
            state.hasThread = true
            living.enter()
            return true
        }
        guard needsThread else { return }
        let thread = Thread { [self] in
            listen()
            living.leave()
        }
        thread.name = "strongroom-pg-listen"
        thread.start()
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    private func ring() {
        if let alarm { _ = write(alarm.rung, [1], 1) }
    }

    private func listen() {
        var pause = 0.1
        while !isClosed {
            do throws(PostgreSQLFailure) {
                let connection = try PostgreSQLSession.connect(to: address, until: .now + .seconds(5))
                let statement = PostgreSQLStatement("LISTEN \(Self.channel)")
                try connection.run(statement, until: .now + .seconds(5))
                let schema = try connection.run(
                    PostgreSQLStatement("SELECT current_schema()::text"),
                    until: .now + .seconds(5)
                ).text(0, 0)
                pause = 0.1
                wake(nil)
                while !isClosed {
                    for payload in try connection.takeNotifications() {
                        guard let latest = Self.latest(in: payload, of: schema) else { continue }
                        wake(latest)
                    }
                    wait(for: connection.socket, seconds: 60)
                }
            } catch {
                // Those who read the feed tell of the trouble; here there is only the time to try again.
                wake(nil)
                wait(for: -1, seconds: Double.random(in: pause / 2...pause))
                pause = min(pause * 2, Self.pauseMax)
            }
        }
    }

    /// The number that a notification tells; nil for one of another schema, whose stores share the channel.
    static func latest(in payload: String, of schema: String) -> Int64? {
        guard payload.hasPrefix(schema + " ") else { return nil }
        return Int64(payload.dropFirst(schema.count + 1))
    }

    /// Waits for something to read, or for the store to be closed.
    private func wait(for socket: Int32, seconds: Double) {
        var watched = [
            pollfd(fd: alarm?.heard ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&watched, 2, Int32(seconds * 1000))
    }
}
