import AWSProtocol
package import Operations
import Storage
import Synchronization

package import struct Foundation.Date

/// Rotates secrets: begins rotations when their windows open, and takes each that was begun to its end.
///
/// Any number of nodes may run one. How far a rotation has come is in the secret's record, so whoever goes on with it
/// does so from there; a lease has one node at a time work on it.
package final class RotationEngine: Sendable {
    /// Rotations that a node works on at the same time.
    package static let underWayMax = 16

    let service: SecretsManagerService
    let factory: any RotatorFactory
    let observer: RotationObserver
    let now: @Sendable () -> Date
    /// How long one step may take; rotators have shorter limits of their own.
    let stepLimit: Duration
    private let recorder: AuditRecorder
    private let node: String
    private let state = Mutex(State())

    private struct State {
        var underWay: Set<SecretLocator> = []
        var isStopping = false
    }

    /// Makes the engine of a node, whose name no other process has.
    package init(
        _ service: SecretsManagerService,
        factory: any RotatorFactory,
        recorder: AuditRecorder,
        node: String,
        observer: RotationObserver,
        stepLimit: Duration = .seconds(960),
        now: @escaping @Sendable () -> Date
    ) {
        self.service = service
        self.factory = factory
        self.recorder = recorder
        self.node = node
        self.observer = observer
        self.stepLimit = stepLimit
        self.now = now
    }

    /// Whether a run would find something; costs no reading.
    package var hasWork: Bool { !isStopping && service.rotations.mayHaveDue(at: now()) }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Whether steps are under way.
    package var isBusy: Bool { state.withLock { !$0.underWay.isEmpty } }

    /// Lets steps that are under way end and begins no further ones.
    package func stop() { state.withLock { $0.isStopping = true } }

    /// Does what is due now and waits for it.
    package func run() async throws(SecretsManagerError) {
        let tasks = Mutex<[@Sendable () async -> Void]>([])
        try await dispatch { task in tasks.withLock { $0.append(task) } }
        await withTaskGroup { group in
            for task in tasks.withLock({ $0 }) { group.addTask { await task() } }
        }
    }

    /// Gives `start` a task for each secret with something due; it waits for none of them.
    package func dispatch(
        _ start: (@escaping @Sendable () async -> Void) -> Void
    ) async throws(SecretsManagerError) {
        do throws(WireError) {
            try recorder.requireWritable()
        } catch {
            throw .auditUnavailable
        }
        for (due, record) in try await service.rotations.due(at: now(), in: service.store) {
            switch admit(due.secret) {
            case .underWay: continue
            case .full: service.rotations.note(record.key)
            case .admitted:
                start { [self] in
                    await work(on: due, record)
                    state.withLock { _ = $0.underWay.remove(due.secret) }
                }
            }
        }
    }

    private enum Admission {
        case admitted
        case underWay
        case full
    }

    private func admit(_ secret: SecretLocator) -> Admission {
        state.withLock { state in
            guard !state.underWay.contains(secret) else { return .underWay }
            guard state.underWay.count < Self.underWayMax else { return .full }
            state.underWay.insert(secret)
            return .admitted
        }
    }

    // MARK: One secret

    private func work(on due: DueRotation, _ record: Record) async {
        do throws(SecretsManagerError) {
            let lease = try await RotationLease.take(due.secret, for: node, in: service.store, at: now())
            guard let lease else { return }
            await work(on: due, record, under: lease)
            try await lease.release()
        } catch {
            observer.workFailed(due.secret.path, error)
        }
    }

    /// Works until nothing is due any more, or the lease is lost.
    private func work(on due: DueRotation, _ record: Record, under lease: RotationLease) async {
        await withTaskGroup { group in
            group.addTask { [self] in
                do throws(SecretsManagerError) {
                    try await RotationWork(engine: self, secret: due.secret, lease: lease).carryOut(record)
                } catch {
                    observer.workFailed(due.secret.path, error)
                }
            }
            group.addTask { [self] in await keep(lease, of: due.secret) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Renews a lease until the work is done; returns earlier when it is lost.
    private func keep(_ lease: RotationLease, of secret: SecretLocator) async {
        while true {
            do {
                try await Task.sleep(for: RotationLease.renewal)
                guard try await lease.renew(at: now()) else { return }
            } catch let error as SecretsManagerError {
                // The store may be back before the lease is over; what is committed without it is refused.
                observer.workFailed(secret.path, error)
            } catch {
                return
            }
        }
    }
}

/// How a rotation, or the test of one, ended.
package enum RotationEnd: String, CaseIterable, Hashable, Sendable {
    case succeeded
    /// It was taken back, or is tried again at long intervals.
    case failed
    /// It was given up in the middle, and the current value is in force again.
    case restored
    case testSucceeded = "test-succeeded"
    case testFailed = "test-failed"
}

/// What a node learns of its rotations, for the log; reasons hold no secrets.
package struct RotationObserver: Sendable {
    /// A step of a secret's rotation failed, for a reason.
    package var stepFailed: @Sendable (_ secret: String, RotationStep, RotationFailure) -> Void
    /// A rotation came to its end, or was given up.
    package var ended: @Sendable (_ secret: String, RotationEnd) -> Void
    /// A record, or the store, kept a rotation from going on; it is tried again.
    package var workFailed: @Sendable (_ secret: String, SecretsManagerError) -> Void

    package init(
        stepFailed: @escaping @Sendable (_ secret: String, RotationStep, RotationFailure) -> Void = {
            _,
            _,
            _ in
        },
        ended: @escaping @Sendable (_ secret: String, RotationEnd) -> Void = { _, _ in },
        workFailed: @escaping @Sendable (_ secret: String, SecretsManagerError) -> Void = { _, _ in }
    ) {
        self.stepFailed = stepFailed
        self.ended = ended
        self.workFailed = workFailed
    }
}
