/// Whether the key store answers, and how fast.
package enum KeyStoreState: Hashable, Sendable {
    case online(latency: Duration)
    case unreachable
    case unavailable
}

extension KESKeyService {
    /// Asks the store; after the last call found nobody there, says so at once, until the next probe.
    package func state() async -> KeyStoreState {
        cache.isOffline ? .unreachable : await probe()
    }

    /// Throws what the readiness route answers while the store does not.
    package func checkReady() async throws(KESError) {
        switch await state() {
        case .online: break
        case .unreachable: throw .storeUnreachable
        case .unavailable: throw .storeUnavailable
        }
    }

    /// Asks the store now, and notes whether it answers.
    package func probe() async -> KeyStoreState {
        do throws(KeyStoreError) {
            let latency = try await store.latency()
            note(nil)
            return .online(latency: latency)
        } catch {
            note(error)
            if case .unreachable = error { return .unreachable }
            return .unavailable
        }
    }

    /// Probes the store, drops expired keys and those that others removed, until it is cancelled.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.keepProbing() }
            if let store = store as? any WatchedKeyStore {
                group.addTask {
                    await store.watch {
                        self.forget($0)
                    } onFailure: {
                        self.onStoreFailure(.read, $0)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func keepProbing() async throws {
        while true {
            try await time.sleep(store.probePause)
            cache.sweep(now: time.elapsed())
            _ = await probe()
        }
    }

    /// Somebody made or removed a key; nil is all of them.
    private func forget(_ name: KeyName?) {
        if let name { cache.remove(name) } else { cache.removeAll() }
        listings.forget()
    }
}
