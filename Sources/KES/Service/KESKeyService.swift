package import Cryptography
import Synchronization

/// All that can be done with keys: the memory in front, the key store behind.
///
/// Whether the caller may is decided before. Functions whose name ends in `InMemory` never wait and give nil
/// when the key is not in memory; the others read the store then.
package final class KESKeyService: Sendable {
    package let store: any KeyStore
    package let cache: KeyCache
    let time: ServiceTime
    let onStoreFailure: @Sendable (KESError.StoreCall, KeyStoreError) -> Void
    let listings = ListingMemory()
    private let loads = Mutex<[KeyName: Task<Result<KESKey, KeyStoreError>, Never>]>([:])

    /// `onStoreFailure` hears why a store failed, for the operator's log; callers learn only that it did.
    package init(
        store: any KeyStore,
        expiry: CacheExpiry,
        time: ServiceTime,
        onStoreFailure: @escaping @Sendable (KESError.StoreCall, KeyStoreError) -> Void = { _, _ in }
    ) {
        self.store = store
        cache = KeyCache(expiry)
        self.time = time
        self.onStoreFailure = onStoreFailure
    }

    /// The key, when it is in memory.
    package func keyInMemory(_ name: KeyName) -> KESKey? { cache.key(name, now: time.elapsed()) }

    /// The key, from memory or from the store; callers of the same name share one read.
    package func key(_ name: KeyName) async throws(KESError) -> KESKey {
        if let key = keyInMemory(name) { return key }
        let load = loads.withLock { loads in
            if let running = loads[name] { return running }
            let load = Task { await self.load(name) }
            loads[name] = load
            return load
        }
        switch await load.value {
        case .success(let key): return key
        case .failure(let error):
            // The failure may have told that the store is away, and then expired keys serve.
            if error != .missing, let key = keyInMemory(name) { return key }
            throw failure(.read, error)
        }
    }

    private func load(_ name: KeyName) async -> Result<KESKey, KeyStoreError> {
        defer { loads.withLock { _ = $0.removeValue(forKey: name) } }
        let reading = cache.reading
        do throws(KeyStoreError) {
            let value = try await store.value(name)
            note(nil)
            guard let key = StoredKey.read(value) else {
                return .failure(.unavailable(reason: "the value of '\(name)' is no key"))
            }
            cache.insert(name, key, now: time.elapsed(), reading: reading)
            return .success(key)
        } catch {
            note(error)
            return .failure(error)
        }
    }

    /// Makes a key of random bytes.
    package func create(_ name: KeyName, by creator: String) async throws(KESError) {
        try await store(name, KESKey.fresh(.aes256, at: time.moment(), by: creator))
    }

    /// Makes a key of given bytes.
    package func importKey(
        _ name: KeyName,
        _ material: SharedSecret,
        cipher: String,
        by creator: String
    ) async throws(KESError) {
        guard let algorithm = KeyAlgorithm(name: cipher) else { throw .algorithmNotSupported(cipher) }
        guard material.count == SplitNonceCipher.keyBytes else { throw .invalidKeySize(cipher) }
        try await store(name, KESKey.of(material, algorithm, at: time.moment(), by: creator))
    }

    private func store(_ name: KeyName, _ key: KESKey) async throws(KESError) {
        let value = try StoredKey.write(key)
        let reading = cache.reading
        do throws(KeyStoreError) {
            try await store.create(name, value)
        } catch {
            note(error)
            throw failure(.create, error)
        }
        note(nil)
        listings.forget()
        cache.insert(name, key, now: time.elapsed(), reading: reading)
    }

    /// Removes a key from the store and from this node's memory; other nodes keep it until it expires.
    package func delete(_ name: KeyName) async throws(KESError) {
        // Before too: nobody is to read it from memory while the store removes it, and nobody after.
        cache.remove(name)
        defer {
            cache.remove(name)
            listings.forget()
        }
        do throws(KeyStoreError) {
            try await store.delete(name)
        } catch {
            note(error)
            throw failure(.delete, error)
        }
    }

    /// Makes the keys of a list that do not exist yet.
    package func createMissing(_ names: [KeyName], by creator: String) async throws(KESError) {
        for name in names {
            do throws(KESError) {
                try await create(name, by: creator)
            } catch .keyExists {
                continue
            }
        }
    }

    func failure(_ call: KESError.StoreCall, _ error: KeyStoreError) -> KESError {
        switch error {
        case .exists: return .keyExists
        case .missing: return .keyMissing
        case .unreachable, .unavailable:
            onStoreFailure(call, error)
            return .storeFailed(call)
        }
    }

    /// Takes the outcome of a call for what it says about whether the store answers.
    func note(_ error: KeyStoreError?) {
        let isAway =
            switch error {
            case .unreachable: true
            case nil, .exists, .missing, .unavailable: false
            }
        cache.setOffline(isAway, now: time.elapsed())
    }
}
