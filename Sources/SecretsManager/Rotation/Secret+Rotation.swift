import struct Foundation.Date

extension Secret {
    /// The version that waits to become the current one; nil where AWSPENDING lies on the current one or on none.
    var pendingVersion: SecretVersion? {
        guard let pending = version(labelled: Stage.pending), !pending.stages.contains(Stage.current) else {
            return nil
        }
        return pending
    }

    /// When something of its rotation is to be done, to the millisecond; nil for secrets that are not to change.
    var rotationDueAt: Date? {
        guard deletion == nil, !isReplica, let date = rotation?.dueAt else { return nil }
        return Date(timeIntervalSince1970: (date.timeIntervalSince1970 * 1000).rounded(.down) / 1000)
    }

    /// Begins a rotation: registers its version, without a value, under AWSPENDING.
    ///
    /// A version that is pending already is the one that is made.
    mutating func beginRotation(_ token: String, at now: Date) throws(SecretsManagerError) {
        var run = RotationRun(token: token, at: now)
        if let pending = version(token) {
            // What has a value may be in force: nobody knows how far an earlier attempt came.
            run.hasBegunSetting = pending.hasValue
        } else {
            var version = SecretVersion(id: token, createdAt: now, kmsKeyID: kmsKeyID)
            version.lacksValue = true
            try add(version, labelled: [Stage.pending])
        }
        rotation?.run = run
        changedAt = now
    }

    /// Ends the rotation that is under way as done.
    mutating func finishRotation(at now: Date) throws(SecretsManagerError) {
        remove(Stage.pending)
        rotation?.run = nil
        rotation?.lastRotatedAt = now
        try rotation?.scheduleNext(after: now)
        changedAt = now
    }

    /// Ends the rotation that is under way as if it had never begun: its version goes.
    mutating func rollBackRotation(at now: Date) throws(SecretsManagerError) {
        guard let run = rotation?.run else { return }
        rotation?.run = nil
        if version(run.token)?.stages == [Stage.pending] { versions.removeAll { $0.id == run.token } }
        if !run.isTest {
            let window = try rotation?.rules?.schedule()?.window(retryingAfter: now)
            rotation?.window = window
        }
        changedAt = now
    }

    /// Gives up the rotation that is under way; where the pending value may have displaced the current one, that one is
    /// brought into force again before the rotation is forgotten.
    ///
    /// A restoration that has failed is given up by asking once more.
    mutating func giveUpRotation(at now: Date) {
        guard var run = rotation?.run, run.restoration != nil, !(run.isRestoring && run.isGivenUp) else {
            rotation?.run = nil
            return
        }
        run.restoration = .underWay
        run.beginAnew(at: now)
        rotation?.run = run
    }

    /// Gives a rotation up because somebody moved the labels that it works on, and takes AWSPENDING from its version.
    ///
    /// - Returns: Whether there was one to give up.
    mutating func abandonOvertakenRotation(at now: Date) throws(SecretsManagerError) -> Bool {
        guard let run = rotation?.run, !run.isRestoring, let version = version(run.token) else {
            return false
        }
        let isCurrent = version.stages.contains(Stage.current)
        guard !isCurrent, !version.stages.contains(Stage.pending) || run.isOvertaken(by: self) else {
            return false
        }
        if version.stages.contains(Stage.pending) { remove(Stage.pending) }
        versions.removeAll { $0.id == run.token && $0.isDeprecated && !$0.hasValue }
        giveUpRotation(at: now)
        try rotation?.scheduleNext(after: now)
        return true
    }
}

extension RotationRun {
    /// Whether a version that is newer than the rotation has become the current one.
    fileprivate func isOvertaken(by secret: Secret) -> Bool {
        guard let current = secret.version(labelled: Stage.current) else { return false }
        return current.id != token && current.createdAt > startedAt
    }
}
