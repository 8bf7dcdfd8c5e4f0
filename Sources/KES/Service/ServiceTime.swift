/// What time it is, as the key service asks: for dates, for how long something lay there, and to wait.
package struct ServiceTime: Sendable {
    package let moment: @Sendable () -> Moment
    /// Since some fixed moment; never goes back.
    package let elapsed: @Sendable () -> Duration
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(_ clock: some Clock<Duration>, moment: @escaping @Sendable () -> Moment) {
        let start = clock.now
        self.moment = moment
        elapsed = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }
}
