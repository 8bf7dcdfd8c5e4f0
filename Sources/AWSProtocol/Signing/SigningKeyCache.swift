import Synchronization

/// Derived signing keys, kept so that a request costs one HMAC instead of five.
///
/// Bounded by count: entries live in two generations, and when the young one is full it becomes the old one,
/// whose unused entries go. An entry is good only for the secret it was derived from, so a replaced secret
/// takes effect at once.
package final class SigningKeyCache: Sendable {
    private struct Name: Hashable {
        let accessKeyID: String
        let scope: CredentialScope
    }

    private struct Entry {
        let secret: SecretAccessKey
        let key: SigningKey
    }

    private struct Generations {
        var young: [Name: Entry] = [:]
        var old: [Name: Entry] = [:]
    }

    private let generations = Mutex(Generations())
    private let generationMax: Int

    /// Makes a cache of at most `countMax` keys.
    package init(countMax: Int = 16_384) {
        generationMax = max(1, countMax / 2)
    }

    /// The signing key of an access key for a scope, derived if need be.
    package func key(for accessKeyID: String, secret: SecretAccessKey, scope: CredentialScope) -> SigningKey {
        let name = Name(accessKeyID: accessKeyID, scope: scope)
        let (known, isYoung) = generations.withLock { generations -> (Entry?, Bool) in
            if let entry = generations.young[name] { return (entry, true) }
            return (generations.old[name], false)
        }
        if let known, known.secret.isEqual(to: secret) {
            if !isYoung { store(known, as: name) }
            return known.key
        }
        // Derived outside of the lock: two threads may do so at once and get the same key.
        let key = SigningKey(secret, scope: scope)
        store(Entry(secret: secret, key: key), as: name)
        return key
    }

    /// How many keys are held.
    package var count: Int {
        generations.withLock { generations in
            generations.young.count
                + generations.old.keys.count { generations.young[$0] == nil }
        }
    }

    /// Forgets all keys.
    package func removeAll() { generations.withLock { $0 = Generations() } }

    private func store(_ entry: Entry, as name: Name) {
        generations.withLock { generations in
            if generations.young.count >= generationMax, generations.young[name] == nil {
                generations.old = generations.young
                generations.young = [:]
            }
            generations.young[name] = entry
        }
    }
}
