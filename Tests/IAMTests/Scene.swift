import AWSProtocol
import Cryptography
import Foundation
import Storage
import Testing

@testable import IAM

/// A store with an account in it, and those who keep and find identities there.
struct Scene {
    let store: any RecordStore
    let administration: IdentityAdministration
    let directory: IdentityDirectory
    let account: AccountID
    let now = Date(timeIntervalSince1970: 1_795_000_000)

    init(store: any RecordStore = MemoryStore()) async throws {
        let keyring = RootKeyring.generate(now: now)
        self.store = store
        administration = IdentityAdministration(store: store, keyring: keyring)
        directory = IdentityDirectory(store: store, keyring: keyring)
        account = try #require(AccountID("111122223333"))
        _ = try await administration.createAccount(account, name: "test", at: now)
    }

    func user(_ name: String) throws -> UserName { try #require(UserName(name)) }

    /// An access key of a user who is made with the policies.
    func key(
        of name: String,
        policies: [(String, String)] = []
    ) async throws -> IssuedAccessKey {
        let policies = try policies.map { (try #require(PolicyName($0.0)), $0.1) }
        let user = try user(name)
        try await administration.ensureUser(user, of: account, settingPolicies: policies, at: now)
        return try await administration.createAccessKey(for: .user(account, user), at: now)
    }

    /// All changes of the store so far, handed to the directory.
    func followChanges() async throws {
        for change in try await store.changes(after: 0, limit: 1000) { directory.invalidate(change.key) }
    }

    static let allowEncrypt =
        #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}}"#
}

/// Whether a signature made with an issued secret is the one that the credential expects.
func signs(_ issued: IssuedAccessKey, as credential: Credential) -> Bool {
    issued.secret.exposingSecret { SecretAccessKey($0).isEqual(to: credential.secret) }
}
