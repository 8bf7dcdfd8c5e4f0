import Storage
import Synchronization

import struct Foundation.Date

/// A node's right to work on the rotation of one secret, for a few seconds and longer if it is renewed.
///
/// What the work writes is committed under the condition that the lease is still the same record, so a node that lost
/// it without noticing changes nothing. A node takes over its own lease at once: no two processes have the same name.
final class RotationLease: Sendable {
    private struct Term: Codable {
        let node: String
        let until: Date
    }

    /// Longer than a busy node needs to renew, as short as another should wait for a dead one.
    static let seconds = 10.0
    static let renewal = Duration.seconds(3)

    let key: RecordKey
    private let node: String
    private let store: any RecordStore
    /// The version of the record.
    private let version: Mutex<Int64>

    private init(_ key: RecordKey, _ node: String, _ store: any RecordStore, version: Int64) {
        self.key = key
        self.node = node
        self.store = store
        self.version = Mutex(version)
    }

    /// The lease of a secret's rotation; nil while another node has it.
    static func take(
        _ secret: SecretLocator,
        for node: String,
        in store: any RecordStore,
        at now: Date
    ) async throws(SecretsManagerError) -> RotationLease? {
        let key = secret.rotationLeaseKey
        let record = try await storing { () async throws(StorageError) in try await store.read(key) }
        if let record {
            let term = try RecordCodec.decode(Term.self, from: record)
            guard term.node == node || term.until <= now else { return nil }
        }
        let term = Term(node: node, until: now.adding(seconds: seconds))
        let expectation = record.map { Expectation.version($0.version) } ?? .absent
        let write = Write.put(key, try RecordCodec.encode(term), expecting: expectation)
        guard let version = try await commit(write, to: store) else { return nil }
        return RotationLease(key, node, store, version: version)
    }

    /// The condition under which the work is committed.
    var check: Write { .check(key, expecting: .version(version.withLock { $0 })) }

    /// Has the lease last longer.
    ///
    /// - Returns: False when another node has it.
    func renew(at now: Date) async throws(SecretsManagerError) -> Bool {
        let term = Term(node: node, until: now.adding(seconds: Self.seconds))
        let held = version.withLock { $0 }
        let write = Write.put(key, try RecordCodec.encode(term), expecting: .version(held))
        guard let renewed = try await Self.commit(write, to: store) else { return false }
        version.withLock { $0 = renewed }
        return true
    }

    /// Gives the lease back; one that was lost stays with whoever has it.
    func release() async throws(SecretsManagerError) {
        let held = version.withLock { $0 }
        _ = try await Self.commit(.delete(key, expecting: .version(held)), to: store)
    }

    /// The version that a write gave its record; nil when another change came first.
    private static func commit(
        _ write: Write,
        to store: any RecordStore
    ) async throws(SecretsManagerError) -> Int64? {
        do throws(StorageError) {
            return try await store.commit([write]).versions.first ?? nil
        } catch .conflict {
            return nil
        } catch {
            throw .storage(error)
        }
    }
}
