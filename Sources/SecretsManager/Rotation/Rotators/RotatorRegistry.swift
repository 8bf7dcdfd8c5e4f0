package import AWSProtocol
package import Storage

package import struct Foundation.Date

/// The rotators that operators registered, in the store: what is written here is in force on every node at once.
///
/// With each change the store takes its event, which the next scheduler of secrets brings into the trail: commands run
/// beside servers, who hold their trails.
package struct RotatorRegistry: Sendable {
    /// How often a change that met another is tried again.
    private static let attemptsMax = 16

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
        let key = rotator.locator.recordKey
        for _ in 0..<Self.attemptsMax {
            let known = try await storing { () async throws(StorageError) in try await store.read(key) }
            guard known == nil || isReplacing else { return false }
            let expectation = known.map { Expectation.version($0.version) } ?? .absent
            var details = rotator.auditDetails
            details["Replaced"] = known == nil ? nil : "true"
            let done = try await commit(
                .put(key, try RecordCodec.encode(rotator), expecting: expectation),
                telling: SecretEvent(
                    .registerRotator,
                    of: rotator.locator,
                    at: rotator.createdAt,
                    details: details
                )
            )
            if done { return true }
        }
        throw .storage(.conflict(key))
    }

    /// Forgets a rotator; rotations of secrets that have it fail until it is there again.
    ///
    /// - Returns: False when there is none.
    package func remove(_ locator: RotatorLocator, at now: Date) async throws(SecretsManagerError) -> Bool {
        let record = try await storing { () async throws(StorageError) in
            try await store.read(locator.recordKey)
        }
        guard let record else { return false }
        return try await commit(
            .delete(record.key, expecting: .version(record.version)),
            telling: SecretEvent(.removeRotator, of: locator, at: now)
        )
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

    /// False when another change came first and nothing was written.
    private func commit(
        _ write: Write,
        telling event: SecretEvent
    ) async throws(SecretsManagerError) -> Bool {
        let told = Write.put(event.recordKey, try RecordCodec.encode(event), expecting: .absent)
        do throws(StorageError) {
            _ = try await store.commit([write, told])
            return true
        } catch .conflict {
            return false
        } catch {
            throw .storage(error)
        }
    }
}
