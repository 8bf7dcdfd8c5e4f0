package import Cryptography
import Synchronization

/// The deployment's keyring as this process knows it, renewed when the record of it changes.
package final class SharedKeyring: KeyringSource {
    private let record: KeyringRecord
    private let seal: any Seal
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        var keyring: RootKeyring
        /// The version of the record that the keyring was read from.
        var version: Int64
        /// The record was changed and not read since.
        var isStale = false
        /// The version that could not be opened last, until when that is taken for final, and why.
        var failure: (version: Int64, until: ContinuousClock.Instant, error: KeyringError)?
        /// The renewal under way, which all who want one wait for.
        var renewal: Task<Result<Bool, KeyringUnavailable>, Never>?
    }

    /// Holds a keyring that was opened with a seal, with the version of the record it came from.
    package init(
        _ keyring: RootKeyring,
        version: Int64,
        record: KeyringRecord,
        seal: any Seal,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.record = record
        self.seal = seal
        self.now = now
        state = Mutex(State(keyring: keyring, version: version))
    }

    package var current: RootKeyring { state.withLock { $0.keyring } }

    /// The version of the record that the keyring was read from.
    package var version: Int64 { state.withLock { $0.version } }

    /// The record was changed, here or by another node: the next ``refreshIfStale()`` reads it.
    package func noteChange() { state.withLock { $0.isStale = true } }

    /// Reads the record anew if a change of it was noted.
    ///
    /// - Returns: Whether the keyring is another one now.
    /// - Throws: As ``refresh()``; the change stays noted, so the next call tries again.
    package func refreshIfStale() async throws(KeyringUnavailable) -> Bool {
        guard state.withLock({ $0.isStale }) else { return false }
        return try await refresh()
    }

    /// Reads the record anew and opens it if its version is new; many who ask at once share one reading.
    ///
    /// A keyring that does not open is not tried again for ``retrySeconds``: a token might lock its PIN, and
    /// scrypt takes a third of a second each time.
    package func refresh() async throws(KeyringUnavailable) -> Bool {
        let renewal = state.withLock { state in
            if let renewal = state.renewal { return renewal }
            let renewal = Task { await renewed() }
            state.renewal = renewal
            return renewal
        }
        return try await renewal.value.get()
    }

    /// How long a keyring that did not open is left alone.
    package static let retrySeconds = 10

    private func renewed() async -> Result<Bool, KeyringUnavailable> {
        let outcome: Result<Bool, KeyringUnavailable>
        do throws(KeyringError) {
            outcome = .success(try await renew())
        } catch {
            outcome = .failure(KeyringUnavailable(reason: "\(error)"))
        }
        state.withLock { $0.renewal = nil }
        return outcome
    }

    private func renew() async throws(KeyringError) -> Bool {
        // Taken down before the reading: a change that comes during it is noted again.
        let (known, failure) = state.withLock { state in
            state.isStale = false
            return (state.version, state.failure)
        }
        do throws(KeyringError) {
            guard let stored = try await record.read() else {
                throw .sealed(.damaged(reason: "it is gone"))
            }
            if stored.version == known { return false }
            if let failure, failure.version == stored.version, failure.until > now() {
                throw failure.error
            }
            try await take(stored)
            return true
        } catch {
            state.withLock { $0.isStale = true }
            throw error
        }
    }

    private func take(_ stored: KeyringRecord.Stored) async throws(KeyringError) {
        do throws(KeyringError) {
            let keyring = try await stored.open(with: seal)
            // A keyring without the root keys in use is none of this deployment, or an old copy of it.
            guard current.isContained(in: keyring) else {
                throw .sealed(.damaged(reason: "root keys that are in use are missing from it"))
            }
            state.withLock { state in
                state.keyring = keyring
                state.version = stored.version
                state.failure = nil
            }
        } catch {
            let until = now() + .seconds(Self.retrySeconds)
            state.withLock { $0.failure = (stored.version, until, error) }
            throw error
        }
    }
}
