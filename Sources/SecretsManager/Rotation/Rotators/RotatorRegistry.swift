package import AWSProtocol
package import Storage

/// The rotators that operators registered, in the store: what is written here is in force on every node at once.
package struct RotatorRegistry: Sendable {
    private let store: any RecordStore

    package init(store: any RecordStore) {
        self.store = store
    }

    /// The rotator that an ARN names; nil when none is registered.
    package func rotator(named arn: String) async throws(SecretsManagerError) -> RegisteredRotator? {
        guard let locator = RotatorLocator(arn: arn) else { return nil }
        let record = try await storing { () async throws(StorageError) in
            try await store.read(locator.recordKey)
        }
        return try record.map { record throws(SecretsManagerError) in
            try RecordCodec.decode(RegisteredRotator.self, from: record)
        }
    }

    /// Registers a rotator.
    ///
    /// - Parameters:
    ///   - rotator: whose settings its kind has accepted.
    ///   - isReplacing: whether one of the same name gives way.
    /// - Returns: False when there is one of the same name, which stays.
    /// - Throws: `.storage`.
    package func add(
        _ rotator: RegisteredRotator,
        replacing isReplacing: Bool
    ) async throws(SecretsManagerError) -> Bool {
        try await commit(
            .put(
                rotator.locator.recordKey,
                try RecordCodec.encode(rotator),
                expecting: isReplacing ? .any : .absent
            )
        )
    }

    /// Forgets a rotator; rotations of secrets that have it fail until it is there again.
    ///
    /// - Returns: False when there is none.
    package func remove(_ locator: RotatorLocator) async throws(SecretsManagerError) -> Bool {
        let record = try await storing { () async throws(StorageError) in
            try await store.read(locator.recordKey)
        }
        guard let record else { return false }
        return try await commit(.delete(record.key, expecting: .version(record.version)))
    }

    /// All rotators of an account, by Region and name.
    package func list(of account: AccountID) async throws(SecretsManagerError) -> [RegisteredRotator] {
        var found: [RegisteredRotator] = []
        var after: String?
        while true {
            let page = try await storing { [after] () async throws(StorageError) in
                try await store.scan(
                    .rotator,
                    prefix: "\(account)/",
                    after: after,
                    limit: StorageLimits.pageMax
                )
            }
            for record in page { found.append(try RecordCodec.decode(RegisteredRotator.self, from: record)) }
            guard page.count == StorageLimits.pageMax else { return found }
            after = page.last?.key.key
        }
    }

    private func commit(_ write: Write) async throws(SecretsManagerError) -> Bool {
        do throws(StorageError) {
            _ = try await store.commit([write])
            return true
        } catch .conflict {
            return false
        } catch {
            throw .storage(error)
        }
    }
}
