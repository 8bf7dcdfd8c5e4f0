import Cryptography
import Operations
import Storage

package import struct Foundation.Date

/// The password with which a user logs in to the console.
///
/// Kept under the user's unique id, so that a later user of the same name does not have it.
package struct LoginProfile: Hashable, Sendable, Codable {
    package let createdAt: Date
    var hash: PasswordHash
    var changedAt: Date
    /// Whether the user must change the password when it next logs in.
    package var resetRequired: Bool
    /// Earlier passwords, the latest first.
    var earlier: [PasswordHash] = []

    /// Earlier passwords that are kept: as many as a policy can ask about.
    static let earlierMax = 24

    init(_ hash: PasswordHash, resetRequired: Bool, at now: Date) {
        createdAt = now
        self.hash = hash
        changedAt = now
        self.resetRequired = resetRequired
    }

    /// Puts another password in the place of the present one.
    mutating func replace(by new: PasswordHash, at now: Date) {
        earlier = Array(([hash] + earlier).prefix(Self.earlierMax))
        hash = new
        changedAt = now
    }
}

extension RecordKind {
    /// `user-id`: a `LoginProfile`.
    static let loginProfile = RecordKind("iam.login-profile")
}

extension User {
    var loginProfileKey: RecordKey { RecordKey(.loginProfile, id.description) }
}

extension IdentityDirectory {
    func loginProfile(of user: User) async throws(IAMError) -> Kept<LoginProfile>? {
        try await versioned(LoginProfile.self, user.loginProfileKey).map {
            Kept($0.value, version: $0.version)
        }
    }
}

extension IAMService {
    /// The login profile of a user.
    ///
    /// - Throws: `.noSuchPart` when it has none.
    func loginProfile(of user: User) async throws(IAMError) -> Kept<LoginProfile> {
        guard let kept = try await directory.loginProfile(of: user) else {
            throw .noSuchPart("Cannot find Login Profile for User \(user.nameText)")
        }
        return kept
    }

    /// Hashes a password that a user is to have, on a thread for long work.
    ///
    /// - Throws: `.passwordPolicy` for one that the account's policy does not let it have, or that it had.
    func accepted(
        _ password: Redacted<String>,
        for user: User,
        replacing profile: LoginProfile?
    ) async throws(IAMError) -> PasswordHash {
        let key = PasswordPolicy.recordKey(user.account)
        let policy = try await directory.read(PasswordPolicy.self, key)
        let isAllowed = password.exposingSecret { text in
            policy.map { $0.allows(text) } ?? PasswordPolicy.defaultAllows(text, of: user)
        }
        guard isAllowed else { throw .passwordPolicy }
        var forbidden: [PasswordHash] = []
        if let profile, let count = policy?.reusePrevention {
            forbidden = Array(([profile.hash] + profile.earlier).prefix(count))
        }
        return try await LabourPool.shared.run(.sustained) { [forbidden] () throws(IAMError) in
            try password.exposingSecret { text throws(IAMError) in
                let bytes = SecretBytes(copying: text.utf8)
                for hash in forbidden where hash.matches(bytes) { throw .passwordPolicy }
                do throws(CryptographyError) {
                    return try PasswordHash(of: bytes)
                } catch {
                    throw .cryptography
                }
            }
        }
    }
}
