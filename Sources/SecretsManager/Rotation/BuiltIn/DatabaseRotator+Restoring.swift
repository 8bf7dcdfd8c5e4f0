package import struct Foundation.Date

/// The way back of a rotation that was given up: the user gets in with the current value again.
extension DatabaseRotator {
    /// Between setting a single user's password and moving AWSCURRENT clients with the current value are turned away,
    /// but where the database takes both.
    package var displacesCurrentValue: Bool { users == .single && !driver.engine.keepsCurrentPassword }

    /// Sets the password to the current one, as whoever of the user's known values gets in.
    ///
    /// It is set even where it is in force: the change of a node that died may wait in the database for a lock, and
    /// comes before ours.
    package func restore(_ secret: any RotatingSecret, at now: Date) async throws(RotationFailure) {
        let current = try await current(of: secret)
        let pending = try await other(.pending, of: secret, like: current)
        let previous = try await other(.previous, of: secret, like: current)
        // A current value for another user or server was put by somebody who knows what it opens.
        guard pending != nil else { return }
        let change = PasswordChange(
            pending: current,
            current: current,
            previous: previous,
            target: .sameUser
        )
        let actor = try await firstAdmitted(of: [current, pending, previous].compactMap(\.self))
        if let actor {
            try await driver.carryOut(change, as: actor)
        } else if resetsLostPasswords, current.masterSecret != nil {
            try await driver.carryOut(change, as: try await master(for: change, of: secret))
        }
        if case .refused(let reason) = try await driver.login(as: current) {
            throw .temporary("No known value brings the current one into force again: \(reason)")
        }
    }

    private func firstAdmitted(
        of all: [DatabaseCredentials]
    ) async throws(RotationFailure) -> DatabaseCredentials? {
        for credentials in all {
            if case .admitted = try await driver.login(as: credentials) { return credentials }
        }
        return nil
    }
}
