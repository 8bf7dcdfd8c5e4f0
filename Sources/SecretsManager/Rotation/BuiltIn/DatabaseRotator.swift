package import struct Foundation.Date

/// Rotates the password of a database's user.
///
/// A password is changed only for somebody whose secret opens the database already, and by a master only where the
/// secret's own user cannot: who may write a secret must not come by the passwords of other users through a rotator.
package struct DatabaseRotator: Rotator {
    let driver: any DatabaseDriver
    let users: RotatedUsers
    private let passwords: PasswordRules
    /// Whether the master may give a new password to a user that neither value opens the database for.
    let resetsLostPasswords: Bool

    package init(
        _ driver: any DatabaseDriver,
        users: RotatedUsers,
        passwords: PasswordRules,
        resetsLostPasswords: Bool
    ) {
        self.driver = driver
        self.users = users
        self.passwords = passwords
        self.resetsLostPasswords = resetsLostPasswords
    }

    package func perform(
        _ step: RotationStep,
        of secret: any RotatingSecret,
        at now: Date
    ) async throws(RotationFailure) {
        switch step {
        case .createSecret: try await create(secret)
        case .setSecret: try await set(secret)
        case .testSecret: try await test(secret)
        case .finishSecret: try await secret.makePendingCurrent()
        }
    }

    private func create(_ secret: any RotatingSecret) async throws(RotationFailure) {
        let current = try await current(of: secret)
        let username = try users.user(after: current.username, bytesMax: driver.engine.usernameBytesMax)
        if users == .alternating, current.masterSecret == nil {
            throw .permanent("The current value has no masterarn: only a master can change another user.")
        }
        // What an earlier attempt made may be in force at the database already.
        guard try await secret.value(.pending) == nil else { return }
        let value = current.value(username: username, password: passwords.generate())
        let change = PasswordChange(
            pending: try DatabaseCredentials(value, what: "The pending value", engine: driver.engine),
            current: current,
            previous: try await previous(of: secret, like: current),
            target: users.target(after: current.username)
        )
        // A rotation that cannot go on is found out while it can be taken back.
        _ = try await actor(for: change, of: secret)
        try await secret.putPending(value)
    }

    private func set(_ secret: any RotatingSecret) async throws(RotationFailure) {
        let current = try await current(of: secret)
        let pending = try await pending(of: secret)
        guard pending.isSameServer(as: current) else {
            throw .permanent(
                "The pending value is for \(pending.server), the current one for \(current.server)."
            )
        }
        let username = try users.user(after: current.username, bytesMax: driver.engine.usernameBytesMax)
        guard pending.username == username else {
            throw .permanent("The user of the pending value is not the one whose turn it is.")
        }
        // The one who made the change may have died before it was kept: where that can be told, it is made again.
        if !driver.engine.keepsCurrentPassword, case .admitted = try await driver.login(as: pending) {
            return
        }
        let change = PasswordChange(
            pending: pending,
            current: current,
            previous: try await previous(of: secret, like: current),
            target: users.target(after: current.username)
        )
        try await driver.carryOut(change, as: try await actor(for: change, of: secret))
    }

    private func test(_ secret: any RotatingSecret) async throws(RotationFailure) {
        let pending = try await pending(of: secret)
        if case .refused(let reason) = try await driver.login(as: pending) {
            throw .temporary("The pending value does not open the database: \(reason)")
        }
    }
}

// MARK: Who does it

extension DatabaseRotator {
    /// As whom the change is carried out.
    private func actor(
        for change: PasswordChange,
        of secret: any RotatingSecret
    ) async throws(RotationFailure) -> DatabaseCredentials {
        let proven = try await proven(of: change)
        let mayActItself = change.target == .sameUser
        if let proven, mayActItself, driver.engine.usersSetOwnPasswords || change.current.masterSecret == nil
        {
            return proven
        }
        return try await master(for: change, of: secret)
    }

    /// The credentials that open the database; nil when none do and the master may act all the same.
    private func proven(of change: PasswordChange) async throws(RotationFailure) -> DatabaseCredentials? {
        guard case .refused(let reason) = try await driver.login(as: change.current) else {
            return change.current
        }
        if change.target == .sameUser {
            if let previous = change.previous, case .admitted = try await driver.login(as: previous) {
                return previous
            }
            if resetsLostPasswords, change.current.masterSecret != nil { return nil }
        }
        // It may be a limit on connections as well as a wrong password.
        throw .temporary("The current value does not open the database: \(reason)")
    }

    func master(
        for change: PasswordChange,
        of secret: any RotatingSecret
    ) async throws(RotationFailure) -> DatabaseCredentials {
        guard let name = change.current.masterSecret else {
            throw .permanent("The current value has no masterarn: only a master can change another user.")
        }
        let master = try DatabaseCredentials(
            try await secret.currentValue(of: name),
            what: "The value of the secret that masterarn names",
            engine: driver.engine
        )
        // The master's password goes to no server but its own.
        guard master.isSameServer(as: change.current) else {
            throw .permanent(
                "The master is one of \(master.server), the current value is for \(change.current.server)."
            )
        }
        guard ![change.current.username, change.pending.username].contains(master.username) else {
            throw .permanent("The master cannot be the user whose password is rotated.")
        }
        return master
    }
}

// MARK: Values

extension DatabaseRotator {
    func current(of secret: any RotatingSecret) async throws(RotationFailure) -> DatabaseCredentials {
        guard let value = try await secret.value(.current) else {
            throw .permanent("The secret has no current value.")
        }
        return try DatabaseCredentials(value, what: "The current value", engine: driver.engine)
    }

    private func pending(of secret: any RotatingSecret) async throws(RotationFailure) -> DatabaseCredentials {
        guard let value = try await secret.value(.pending) else {
            throw .permanent("The secret has no pending value.")
        }
        return try DatabaseCredentials(value, what: "The pending value", engine: driver.engine)
    }

    private func previous(
        of secret: any RotatingSecret,
        like current: DatabaseCredentials
    ) async throws(RotationFailure) -> DatabaseCredentials? {
        try await other(.previous, of: secret, like: current)
    }

    /// The credentials of another version, where they are of the same user and server; whatever else they are is no
    /// failure.
    func other(
        _ label: RotationLabel,
        of secret: any RotatingSecret,
        like current: DatabaseCredentials
    ) async throws(RotationFailure) -> DatabaseCredentials? {
        guard let value = try await secret.value(label) else { return nil }
        let other: DatabaseCredentials
        do throws(RotationFailure) {
            other = try DatabaseCredentials(value, what: "The other value", engine: driver.engine)
        } catch {
            return nil
        }
        guard other.isSameServer(as: current), other.username == current.username else { return nil }
        return other
    }
}
