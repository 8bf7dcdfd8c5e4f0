package import AWSProtocol
import Authorization
package import Cryptography
package import Storage

package import struct Foundation.Date

/// Makes, lists and changes accounts, users and access keys in the store.
///
/// Each change is one atomic commit; a running server notices it by the store's change feed.
package struct IdentityAdministration: Sendable {
    let store: any RecordStore
    let keyring: any KeyringSource

    /// Works on a store that seals what it is given.
    package init(store: any RecordStore, keyring: any KeyringSource) {
        self.store = store
        self.keyring = keyring
    }

    /// How often a change that met another is tried again.
    static let attemptsMax = 8

    func read<Value: Decodable>(_ type: Value.Type, _ key: RecordKey) async throws(IAMError) -> Value? {
        try await versioned(type, key)?.value
    }

    func versioned<Value: Decodable>(
        _ type: Value.Type,
        _ key: RecordKey
    ) async throws(IAMError) -> (value: Value, version: Int64)? {
        let record = try await storing { () async throws(StorageError) in try await store.read(key) }
        guard let record else { return nil }
        let value = try coding { () throws(StorageError) in try RecordCoding.decode(type, from: record) }
        return (value, record.version)
    }

    func commit(_ writes: [Write]) async throws(IAMError) {
        _ = try await storing { () async throws(StorageError) in try await store.commit(writes) }
    }

    /// All records of a kind whose keys begin with a prefix, in order.
    func all(_ kind: RecordKind, prefix: String) async throws(IAMError) -> [Record] {
        var records: [Record] = []
        while true {
            let after = records.last?.key.key
            let page = try await storing { () async throws(StorageError) in
                try await store.scan(kind, prefix: prefix, after: after, limit: 1000)
            }
            records += page
            guard page.count == 1000 else { return records }
        }
    }

    func put(_ value: some Encodable, _ key: RecordKey, expecting expectation: Expectation) throws(IAMError)
        -> Write
    {
        let bytes = try coding { () throws(StorageError) in try RecordCoding.encode(value) }
        return .put(key, bytes, expecting: expectation)
    }
}

// MARK: Accounts

extension IdentityAdministration {
    /// Makes an account without any access keys.
    ///
    /// - Throws: `.accountExists` when there is one of that number.
    package func createAccount(
        _ id: AccountID,
        name: String?,
        at now: Date
    ) async throws(IAMError) -> Account {
        let account = Account(id: id, name: name, createdAt: now)
        let write = try put(account, id.recordKey, expecting: .absent)
        do throws(IAMError) {
            try await commit([write])
        } catch .storage(.conflict) {
            throw .accountExists(id)
        }
        return account
    }

    /// All accounts in the order of their numbers.
    package func accounts() async throws(IAMError) -> [Account] {
        var accounts: [Account] = []
        for record in try await all(.account, prefix: "") {
            let account = try coding { () throws(StorageError) in
                try RecordCoding.decode(Account.self, from: record)
            }
            accounts.append(account)
        }
        return accounts
    }

    /// The account of the deployment's first start; nil before it.
    package func defaultAccount() async throws(IAMError) -> AccountID? {
        try await read(DeploymentRecord.self, .deployment)?.account
    }

    /// Throws `.noSuchAccount` unless the account is there.
    func requireAccount(_ id: AccountID) async throws(IAMError) {
        guard try await read(Account.self, id.recordKey) != nil else { throw .noSuchAccount(id) }
    }
}
