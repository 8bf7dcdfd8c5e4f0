import Logging
import Operations
import ServiceLifecycle
import Synchronization

/// Looks twice a second whether the parts that requests need work, so that being asked costs nothing.
final class ReadinessMonitor: Service {
    /// Something to look at.
    struct Check: Sendable {
        let name: String
        /// Nil when it is well; else one short sentence without anything secret.
        let trouble: @Sendable () async -> String?
    }

    static let interval = Duration.milliseconds(500)
    /// A look that takes longer than this is taken for a part that does not answer.
    static let staleNanoseconds: UInt64 = 3_000_000_000

    private struct State {
        var findings: [ReadinessReport.Finding] = []
        var lookedAt: MonotonicTime?
        var isStopping = false
    }

    private let checks: [Check]
    private let logger: Logger
    private let clock: @Sendable () -> MonotonicTime
    private let state = Mutex(State())

    init(
        checks: [Check],
        logger: Logger,
        clock: @escaping @Sendable () -> MonotonicTime = { MonotonicTime.now }
    ) {
        self.checks = checks
        self.logger = logger
        self.clock = clock
    }

    func run() async throws {
        try await Repeating(interval: Self.interval, work: look).run()
    }

    /// From now on requests should go elsewhere.
    func stop() { state.withLock { $0.isStopping = true } }

    /// What was seen last.
    func report() -> ReadinessReport {
        let now = clock()
        return state.withLock { state in
            if state.isStopping {
                return ReadinessReport(findings: [.init(name: "server", trouble: "the server is stopping")])
            }
            guard let lookedAt = state.lookedAt else {
                return ReadinessReport(findings: [.init(name: "server", trouble: "the server is starting")])
            }
            guard now.since(lookedAt) <= Self.staleNanoseconds else {
                let trouble = "a part of the server does not answer"
                return ReadinessReport(findings: state.findings + [.init(name: "server", trouble: trouble)])
            }
            return ReadinessReport(findings: state.findings)
        }
    }

    /// Looks at everything once.
    @Sendable func look() async {
        var findings: [ReadinessReport.Finding] = []
        for check in checks {
            findings.append(ReadinessReport.Finding(name: check.name, trouble: await check.trouble()))
        }
        let report = ReadinessReport(findings: findings)
        let now = clock()
        let before = state.withLock { state -> ReadinessReport? in
            let before = state.lookedAt.map { _ in ReadinessReport(findings: state.findings) }
            state.findings = findings
            state.lookedAt = now
            return before
        }
        tell(report, after: before)
    }

    /// Says it once when it changes, not twice a second while it lasts.
    private func tell(_ report: ReadinessReport, after before: ReadinessReport?) {
        guard before?.findings != report.findings else { return }
        if !report.isReady {
            logger.error("requests cannot be served as they should", metadata: ["reason": "\(report.text)"])
        } else if before != nil {
            logger.notice("requests can be served again")
        }
    }
}
