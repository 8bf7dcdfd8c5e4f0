import Synchronization

/// Keys in memory by name; what expires is decided by moments that the caller gives.
///
/// Every key carries the moment it was loaded and a mark of its use. A look-up takes one lock for as long as a
/// dictionary needs, and never waits for a store.
package final class KeyCache: Sendable {
    /// Only touched under the lock; an object, so that a use is marked without a second look-up.
    private final class Entry {
        let key: KESKey
        let loaded: Duration
        var used: Duration

        init(key: KESKey, loaded: Duration, used: Duration) {
            self.key = key
            self.loaded = loaded
            self.used = used
        }
    }

    private struct State {
        var entries: [KeyName: Entry] = [:]
        var offlineSince: Duration?
        /// Counts removals, so that a key which was read before its deletion is not put in after it.
        var removals: UInt64 = 0
    }

    private let expiry: CacheExpiry
    private let state = Mutex(State())

    package init(_ expiry: CacheExpiry) { self.expiry = expiry }

    /// The key, if it is in memory and has not expired at `now`; this counts as a use.
    package func key(_ name: KeyName, now: Duration) -> KESKey? {
        state.withLock { state in
            guard let entry = state.entries[name] else { return nil }
            // What has expired stays for ``sweep(now:)``: should the store turn out to be away, it may serve.
            guard !isExpired(entry, offlineSince: state.offlineSince, now: now) else { return nil }
            entry.used = now
            return entry.key
        }
    }

    /// To be read before a key is read from the store and given to ``insert(_:_:now:reading:)``.
    package var reading: UInt64 { state.withLock { $0.removals } }

    /// Keeps a key, unless something was removed since `reading`.
    package func insert(_ name: KeyName, _ key: KESKey, now: Duration, reading: UInt64) {
        state.withLock { state in
            guard state.removals == reading else { return }
            state.entries[name] = Entry(key: key, loaded: now, used: now)
        }
    }

    package func remove(_ name: KeyName) {
        state.withLock { state in
            state.removals += 1
            state.entries[name] = nil
        }
    }

    package func removeAll() {
        state.withLock { state in
            state.removals += 1
            state.entries = [:]
        }
    }

    /// Notes whether the key store answers; gives whether that is news.
    @discardableResult
    package func setOffline(_ isOffline: Bool, now: Duration) -> Bool {
        state.withLock { state in
            guard isOffline != (state.offlineSince != nil) else { return false }
            state.offlineSince = isOffline ? now : nil
            return true
        }
    }

    package var isOffline: Bool { state.withLock { $0.offlineSince != nil } }

    package var count: Int { state.withLock { $0.entries.count } }

    /// Drops what has expired; to be called now and then, so that keys nobody asks for leave memory too.
    package func sweep(now: Duration) {
        state.withLock { state in
            let offlineSince = state.offlineSince
            // An outage is noticed a moment after it began; keys that may serve in it are kept for so long.
            let now = expiry.offline > .zero && offlineSince == nil ? now - Self.noticeMax : now
            state.entries = state.entries.filter {
                !isExpired($0.value, offlineSince: offlineSince, now: now)
            }
        }
    }

    private static let noticeMax = Duration.seconds(30)

    private func isExpired(_ entry: Entry, offlineSince: Duration?, now: Duration) -> Bool {
        if let offlineSince, expiry.offline > .zero {
            // A key that was loaded in the outage, by a store that came and went, has its own time.
            return now - max(offlineSince, entry.loaded) >= expiry.offline
        }
        return (expiry.any > .zero && now - entry.loaded >= expiry.any)
            || (expiry.unused > .zero && now - entry.used >= expiry.unused)
    }
}
