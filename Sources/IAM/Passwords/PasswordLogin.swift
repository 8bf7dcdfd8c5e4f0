package import AWSProtocol
package import Cryptography
package import Foundation
import Operations

/// What came of a try to log in.
package enum PasswordOutcome: Sendable {
    /// The password is right; the user, and whether it must choose another before anything else.
    case accepted(UserSnapshot, mustChange: Bool)
    /// No such user, no password, or another one: they are not told apart.
    case refused
    /// There were too many failures of late.
    case tooSoon(seconds: Double)
}

extension IdentityDirectory {
    /// Proves a user by its password, on a thread for long work; for the console.
    ///
    /// A name that nobody has takes as long as a password that is wrong, and is slowed like one.
    package func logIn(
        _ name: UserName,
        of account: AccountID,
        password: Redacted<String>,
        at now: Date
    ) async throws(IAMError) -> PasswordOutcome {
        let principal = "\(account)/\(name.folded)"
        let wait = passwordAttempts.secondsToWait(principal, at: now)
        guard wait == 0 else { return .tooSoon(seconds: wait) }
        // Counted before it is looked at, so that tries at the same time are counted too.
        passwordAttempts.noteFailure(principal, at: now)
        let snapshot = try await user(name, of: account)
        var profile: LoginProfile?
        if let snapshot { profile = try await loginProfile(of: snapshot.user)?.value }
        let matches = try await Self.matches(password, profile?.hash)
        guard matches, let snapshot, let profile else { return .refused }
        passwordAttempts.noteSuccess(principal)
        let policy = try await read(PasswordPolicy.self, PasswordPolicy.recordKey(account))
        let isExpired = policy?.daysMax.map { now.timeIntervalSince(profile.changedAt) > Double($0) * 86_400 }
        if isExpired == true, policy?.hardExpiry == true { return .refused }
        return .accepted(snapshot, mustChange: profile.resetRequired || isExpired == true)
    }

    /// Whether a password is the one of a hash; without a hash as much work is done for nothing.
    static func matches(_ password: Redacted<String>, _ hash: PasswordHash?) async throws(IAMError) -> Bool {
        try await LabourPool.shared.run(.sustained) { () throws(IAMError) in
            try password.exposingSecret { text throws(IAMError) in
                let bytes = SecretBytes(copying: text.utf8)
                if let hash { return hash.matches(bytes) }
                do throws(CryptographyError) {
                    _ = try PasswordHash(of: bytes)
                } catch {
                    throw .cryptography
                }
                return false
            }
        }
    }
}
