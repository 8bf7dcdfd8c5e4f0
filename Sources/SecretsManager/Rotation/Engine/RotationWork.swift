import AWSProtocol
import Storage

import struct Foundation.Date

/// The work on one secret's rotation by the node that has the lease.
struct RotationWork {
    let engine: RotationEngine
    let secret: SecretLocator
    let lease: RotationLease

    private var service: SecretsManagerService { engine.service }

    /// Does what is due, step after step, until nothing is; forgets an entry that the secret does not have.
    func carryOut(_ entry: Record) async throws(SecretsManagerError) {
        var isFirst = true
        while !engine.isStopping, !Task.isCancelled {
            let now = engine.now()
            guard let (secret, version) = try await service.read(secret) else {
                return try await forget(entry, expecting: .absent)
            }
            if isFirst, !secret.indexEntries.contains(entry.key) {
                try await forget(entry, expecting: .version(version))
            }
            isFirst = false
            guard let due = secret.rotationDueAt, due <= now, let rotation = secret.rotation else { return }
            let snapshot = try SecretSnapshot(secret: secret, version: version)
            if let run = rotation.run {
                try await proceed(run, of: rotation, snapshot)
            } else {
                try await begin(rotation, of: snapshot, at: now)
            }
        }
    }

    private func forget(_ entry: Record, expecting expectation: Expectation) async throws(SecretsManagerError)
    {
        _ = try await service.commitUnlessOvertaken([
            .check(secret.recordKey, expecting: expectation),
            .delete(entry.key, expecting: .version(entry.version)),
        ])
    }

    // MARK: Beginning

    /// Begins a rotation whose window has opened; one whose window has passed waits for another.
    private func begin(
        _ rotation: Rotation,
        of snapshot: SecretSnapshot,
        at now: Date
    ) async throws(SecretsManagerError) {
        var window = rotation.window
        if let known = window, known.closesAt <= now {
            window = try rotation.rules?.schedule()?.overdueWindow(at: now)
        }
        let isOpen = window?.contains(now) ?? false
        try await change(snapshot) { change throws(SecretsManagerError) in
            guard change.secret.rotation == rotation else { return }
            guard isOpen, change.secret.version(labelled: Stage.current) != nil else {
                let later = try rotation.rules?.schedule()?.window(retryingAfter: now)
                change.secret.rotation?.window = isOpen ? later : window
                return
            }
            let token = change.secret.pendingVersion?.id ?? EventID.random().description
            try change.secret.beginRotation(token, at: now)
            try change.announce(.rotationStarted, token, at: now)
        }
    }

    // MARK: Steps

    /// Performs the step that comes next and notes what became of it.
    private func proceed(
        _ run: RotationRun,
        of rotation: Rotation,
        _ snapshot: SecretSnapshot
    ) async throws(SecretsManagerError) {
        let isCurrent = snapshot.secret.version(run.token)?.stages.contains(Stage.current) == true
        if !run.isRestoring, isCurrent, run.step == .finishSecret || run.failures > 0 {
            return try await finish(run, snapshot)
        }
        let performer: any Rotator
        do throws(RotationFailure) {
            let rotator = try await rotator(named: rotation.rotator)
            performer = rotator.rotator
            try await perform(run, of: snapshot.secret, by: rotator)
        } catch {
            // Told to stop, or robbed of the lease: the step is performed again.
            if Task.isCancelled || engine.isStopping { return }
            engine.observer.stepFailed(snapshot.arn, run.step, error)
            return try await note(error, of: run, snapshot)
        }
        if run.isRestoring { return try await finishRestoration(run, snapshot) }
        try await note(run, snapshot, performer)
    }

    private func rotator(
        named arn: String
    ) async throws(RotationFailure) -> (registered: RegisteredRotator, rotator: any Rotator) {
        let registered: RegisteredRotator?
        do throws(SecretsManagerError) {
            registered = try await RotatorRegistry(store: service.store).rotator(named: arn)
        } catch {
            throw .temporary("The rotator cannot be read: \(error)")
        }
        guard let registered else { throw .temporary("No rotator is registered as \(arn).") }
        return (registered, try engine.factory.rotator(for: registered))
    }

    private func perform(
        _ run: RotationRun,
        of secret: Secret,
        by rotator: (registered: RegisteredRotator, rotator: any Rotator)
    ) async throws(RotationFailure) {
        let shown = SecretUnderRotation(
            service: service,
            locator: secret.locator,
            arn: secret.arn,
            run: run,
            caller: try rotator.registered.caller(rotating: secret.arn),
            now: engine.now
        )
        let (limit, now) = (engine.stepLimit, engine.now())
        let performer = rotator.rotator
        let outcome = await withTaskGroup(of: RotationFailure?.self) { group in
            group.addTask {
                do throws(RotationFailure) {
                    if run.isRestoring {
                        try await performer.restore(shown, at: now)
                    } else {
                        try await performer.perform(run.step, of: shown, at: now)
                    }
                    return nil
                } catch {
                    return error
                }
            }
            group.addTask {
                do {
                    try await Task.sleep(for: limit)
                } catch {
                    // The step was done in time, or the work is cancelled.
                }
                return .temporary("The step \(run.step.rawValue) took too long.")
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let outcome { throw outcome }
    }

    /// Goes on to the next step after one that was done.
    private func note(
        _ run: RotationRun,
        _ snapshot: SecretSnapshot,
        _ rotator: any Rotator
    ) async throws(SecretsManagerError) {
        if run.isTest { return try await finish(run, snapshot) }
        guard let (secret, version) = try await service.read(secret) else { return }
        let now = try SecretSnapshot(secret: secret, version: version)
        if run.step == .createSecret, secret.version(run.token)?.hasValue == false {
            let failure = RotationFailure.temporary("The step createSecret put no value.")
            engine.observer.stepFailed(snapshot.arn, run.step, failure)
            return try await note(failure, of: run, now)
        }
        guard let next = run.step.next else {
            guard secret.version(run.token)?.stages.contains(Stage.current) == true else {
                let failure = RotationFailure.temporary("The step finishSecret did not move AWSCURRENT.")
                engine.observer.stepFailed(snapshot.arn, run.step, failure)
                return try await note(failure, of: run, now)
            }
            return try await finish(run, now)
        }
        try await change(run, of: now) { change throws(SecretsManagerError) in
            change.secret.rotation?.run?.step = next
            guard next == .setSecret else { return }
            change.secret.rotation?.run?.hasBegunSetting = true
            if rotator.displacesCurrentValue { change.secret.rotation?.run?.restoration = .needed }
        }
    }

    // MARK: Ends

    /// Ends a rotation, or a test, that was done.
    private func finish(_ run: RotationRun, _ snapshot: SecretSnapshot) async throws(SecretsManagerError) {
        let now = engine.now()
        let event: SecretEvent.Name = run.isTest ? .testRotationSucceeded : .rotationSucceeded
        try await change(run, of: snapshot) { change throws(SecretsManagerError) in
            if run.isTest {
                try change.secret.rollBackRotation(at: now)
            } else {
                try change.secret.finishRotation(at: now)
            }
            try change.announce(event, run.token, at: now)
        }
        engine.observer.ended(snapshot.arn, run.isTest ? .testSucceeded : .succeeded)
    }

    /// Forgets a rotation that was given up, once the current value is in force; where another one has become the current
    /// one meanwhile, that one is next.
    private func finishRestoration(
        _ run: RotationRun,
        _ snapshot: SecretSnapshot
    ) async throws(SecretsManagerError) {
        let restored = snapshot.secret.version(labelled: Stage.current)?.id
        let isDone = try await change(run, of: snapshot) { change throws(SecretsManagerError) in
            guard change.secret.version(labelled: Stage.current)?.id == restored else { return false }
            change.secret.rotation?.run = nil
            try change.announce(.rotationRestored, run.token, at: engine.now())
            return true
        }
        if isDone == true { engine.observer.ended(snapshot.arn, .restored) }
    }

    /// Decides what becomes of a rotation after a step that failed.
    private func note(
        _ failure: RotationFailure,
        of run: RotationRun,
        _ snapshot: SecretSnapshot
    ) async throws(SecretsManagerError) {
        let now = engine.now()
        let event: SecretEvent.Name = run.isTest ? .testRotationFailed : .rotationFailed
        let isGivenUp = try await change(run, of: snapshot) { change throws(SecretsManagerError) in
            let verdict = run.verdict(after: failure, at: now)
            switch verdict {
            case .takeBack: try change.secret.rollBackRotation(at: now)
            case .again(let later): change.secret.rotation?.run = later
            }
            guard verdict.isGivingUp, !run.isGivenUp else { return false }
            try change.announce(event, run.token, at: now, step: run.step, reason: failure.reason)
            return true
        }
        if isGivenUp == true { engine.observer.ended(snapshot.arn, run.isTest ? .testFailed : .failed) }
    }

    // MARK: Changes

    /// Changes the secret while the run is under way; nil when it is another, or none.
    @discardableResult
    private func change<Value>(
        _ run: RotationRun,
        of snapshot: SecretSnapshot,
        _ body: (inout SecretChange) throws(SecretsManagerError) -> Value
    ) async throws(SecretsManagerError) -> Value? {
        try await change(snapshot) { change throws(SecretsManagerError) -> Value? in
            guard change.secret.rotation?.run == run else { return nil }
            return try body(&change)
        }
    }

    /// Changes the secret as long as the lease is held.
    private func change<Value>(
        _ snapshot: SecretSnapshot,
        _ body: (inout SecretChange) throws(SecretsManagerError) -> Value
    ) async throws(SecretsManagerError) -> Value {
        try await service.change(ResolvedSecret(snapshot, text: snapshot.arn)) {
            change throws(SecretsManagerError) in
            let value = try body(&change)
            try change.secret.collectVersions(at: engine.now())
            change.updateReplicas()
            change.write(lease.check)
            return value
        }
    }
}

extension SecretChange {
    /// Lets the trail have an event of a rotation.
    mutating func announce(
        _ event: SecretEvent.Name,
        _ token: String,
        at now: Date,
        step: RotationStep? = nil,
        reason: String? = nil
    ) throws(SecretsManagerError) {
        var details = ["VersionId": token]
        details["Step"] = step?.rawValue
        details["Reason"] = reason
        try announce(SecretEvent(event, of: secret, at: now, details: details))
    }
}
