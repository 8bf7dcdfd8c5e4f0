import Cryptography
import KES
import KESTesting
import Synchronization

/// A key store in memory that counts its reads and fails when it is told to.
final class ScriptedKeyStore: KeyStore {
    private struct State {
        var failure: KeyStoreError?
        var reads = 0
        var lists = 0
    }

    private let inner = MemoryKeyStore()
    private let state = Mutex(State())

    var summary: String { inner.summary }
    var reads: Int { state.withLock { $0.reads } }
    var lists: Int { state.withLock { $0.lists } }

    func fail(with failure: KeyStoreError?) { state.withLock { $0.failure = failure } }

    private func enter(_ count: (inout State) -> Void) throws(KeyStoreError) {
        let failure = state.withLock { state in
            count(&state)
            return state.failure
        }
        if let failure { throw failure }
    }

    func create(_ name: KeyName, _ value: SharedSecret) async throws(KeyStoreError) {
        try enter { _ in }
        try await inner.create(name, value)
    }

    func value(_ name: KeyName) async throws(KeyStoreError) -> SharedSecret {
        try enter { $0.reads += 1 }
        // Others come to wait for the same read.
        for _ in 0..<20 { await Task.yield() }
        return try await inner.value(name)
    }

    func delete(_ name: KeyName) async throws(KeyStoreError) {
        try enter { _ in }
        try await inner.delete(name)
    }

    func list(prefix: String, continuing token: String?) async throws(KeyStoreError) -> KeyStorePage {
        try enter { $0.lists += 1 }
        return try await inner.list(prefix: prefix, continuing: token)
    }

    func latency() async throws(KeyStoreError) -> Duration {
        try enter { _ in }
        return .milliseconds(1)
    }
}

/// A clock that goes when it is told to.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        let offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (one: Instant, other: Instant) -> Bool { one.offset < other.offset }
    }

    private let offset = Mutex(Duration.zero)

    var now: Instant { Instant(offset: offset.withLock { $0 }) }
    var minimumResolution: Duration { .nanoseconds(1) }

    func advance(by duration: Duration) { offset.withLock { $0 += duration } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        offset.withLock { $0 = max($0, deadline.offset) }
        await Task.yield()
    }
}
