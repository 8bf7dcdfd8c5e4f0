import AWSProtocol
import Cryptography
import Storage

/// The records of one key in all the Regions it lives in, changed together in one commit.
///
/// A single-Region key is a family of one. Rules that concern more than one Region stand on this type, so
/// that they see all records as they were at the same moment.
struct KeyFamily {
    /// The record the change is about.
    var key: Key
    /// The same key in its other Regions, in no order.
    private(set) var relatives: [Key]
    /// Records other than those of keys that are written in the same commit.
    private(set) var writes: [Write] = []
    private(set) var isKeyErased = false

    /// Nil when the key is not among the records.
    init?(of locator: KeyLocator, in keys: [Key]) {
        guard let key = keys.first(where: { $0.locator == locator }) else { return nil }
        self.key = key
        relatives = keys.filter { $0.locator != locator }
    }

    /// All records of the family but an erased one.
    var members: [Key] { isKeyErased ? relatives : [key] + relatives }

    /// The record whose Region is the primary one; the key itself when it has no other Regions.
    var primary: Key? {
        guard key.multiRegion != nil else { return key }
        return members.first(where: \.isMultiRegionPrimary)
    }

    /// Makes a change to every record.
    mutating func updateAll(_ change: (inout Key) -> Void) {
        change(&key)
        for index in relatives.indices { change(&relatives[index]) }
    }

    /// Adds a record in a Region where the family has none.
    mutating func add(_ replica: Key) {
        relatives.append(replica)
    }

    /// Takes the key out of its family, to be deleted with the commit.
    mutating func eraseKey() {
        isKeyErased = true
        let region = key.locator.region
        for index in relatives.indices { relatives[index].multiRegion?.replicas.removeAll { $0 == region } }
    }

    /// Adds a write of a record other than a key's.
    mutating func write(_ write: Write) {
        writes.append(write)
    }

    /// Has an event written to the trail once the change is made.
    mutating func announce(_ event: ServiceEvent) throws(KMSError) {
        writes.append(.put(event.recordKey, try RecordCodec.encode(event), expecting: .absent))
    }

    /// Hands all changes to a transaction.
    func store(in transaction: inout KeyTransaction) {
        for member in members { transaction.put(member) }
        if isKeyErased { transaction.remove(key.locator) }
        for write in writes { transaction.write(write) }
    }
}

extension KeyManagementService {
    /// How often a family that gained or lost a Region meanwhile is looked at again.
    private static let familyAttemptsMax = 8

    /// Changes a key together with its records in other Regions, in one atomic commit.
    ///
    /// The body runs again when another change came between; it must have no effect of its own.
    ///
    /// - Returns: What the body returns; nil when there is no such key.
    func changeFamily<Value>(
        of locator: KeyLocator,
        _ body: (inout KeyFamily) throws(KMSError) -> Value
    ) async throws(KMSError) -> Value? {
        for _ in 1...Self.familyAttemptsMax {
            guard let (known, _) = try await readKey(locator) else { return nil }
            let locators = family(of: known)
            let attempt = try await commit(locators) { transaction throws(KMSError) in
                guard var family = KeyFamily(of: locator, in: transaction.allKeys) else {
                    return FamilyAttempt<Value>.gone
                }
                guard Set(self.family(of: family.key)) == Set(locators) else { return .stale }
                let value = try body(&family)
                family.store(in: &transaction)
                return .done(value)
            }
            switch attempt {
            case .done(let value): return value
            case .gone: return nil
            case .stale: continue
            }
        }
        throw .storage(.conflict(locator.recordKey))
    }

    /// Changes the family of a key that a request named.
    ///
    /// - Throws: `.keyNotFound` when it was erased after the request was authorized.
    @discardableResult
    func changeFamily<Value>(
        of resolved: ResolvedKey,
        _ body: (inout KeyFamily) throws(KMSError) -> Value
    ) async throws(KMSError) -> Value {
        let locator = resolved.key.locator
        guard let value = try await changeFamily(of: locator, body) else {
            throw .keyNotFound(locator, resolved.key.account)
        }
        return value
    }
}

/// What came of reading a family and changing it.
private enum FamilyAttempt<Value> {
    case done(Value)
    /// The key is not there any more.
    case gone
    /// The family has other Regions than those that were read.
    case stale
}
