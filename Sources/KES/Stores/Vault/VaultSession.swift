import AWSProtocol
import Cryptography
import Synchronization

/// Who the server is at Vault: logs in, renews its token before that ends, and logs in again when it is lost.
///
/// Those who need a token at once share one login. A login that was refused is not tried again for some
/// seconds: Vault locks out who fails too often.
final class VaultSession: Sendable {
    private struct State {
        var token: VaultToken?
        var logins = 0
        var work: Task<Result<VaultToken, KeyStoreError>, Never>?
        /// The last login or renewal that failed, and when another may be tried.
        var failure: (error: KeyStoreError, until: Duration)?
    }

    private let settings: VaultSettings.Login
    private let connection: VaultConnection
    private let elapsed: @Sendable () -> Duration
    private let state = Mutex(State())

    private static let failurePause = Duration.seconds(5)
    /// A token that is younger and refused lacks a right; another would lack it too.
    private static let ageOfDoubt = Duration.seconds(1)

    init(
        _ settings: VaultSettings.Login,
        _ connection: VaultConnection,
        elapsed: @escaping @Sendable () -> Duration
    ) {
        self.settings = settings
        self.connection = connection
        self.elapsed = elapsed
    }

    /// The token to send, after a login or a renewal where one is due.
    func token() async throws(KeyStoreError) -> VaultToken {
        switch step(at: elapsed()) {
        case .use(let token): return token
        case .fail(let error): throw error
        case .wait(let work, let meanwhile):
            switch await work.value {
            case .success(let token): return token
            case .failure(let error):
                // What cannot be renewed serves until it ends.
                guard let meanwhile else { throw error }
                return meanwhile
            }
        }
    }

    private enum Step {
        case use(VaultToken)
        case wait(Task<Result<VaultToken, KeyStoreError>, Never>, meanwhile: VaultToken?)
        case fail(KeyStoreError)
    }

    private func step(at now: Duration) -> Step {
        state.withLock { state in
            let present = state.token.flatMap { $0.isAlive(at: now) ? $0 : nil }
            if let present, !present.isDue(at: now) || state.work != nil { return .use(present) }
            if let failure = state.failure, now < failure.until {
                return present.map { .use($0) } ?? .fail(failure.error)
            }
            let work = state.work ?? Task { await self.obtain(after: present) }
            state.work = work
            return .wait(work, meanwhile: present)
        }
    }

    /// Whether another token may fare better than one that was refused: Vault says the same of a token that it
    /// does not know any more and of one that lacks a right.
    func isLost(_ token: VaultToken) async throws(KeyStoreError) -> Bool {
        let now = elapsed()
        let known: Bool? = state.withLock { state in
            guard state.token?.login == token.login else { return true }
            return now - token.since < Self.ageOfDoubt ? false : nil
        }
        if let known { return known }
        let answer = try await connection.send(
            "GET",
            "auth/token/lookup-self",
            token: token,
            namespace: settings.namespace
        )
        // Where the policy does not even let a token ask for itself, a login is tried.
        guard answer.status == 403 else { return false }
        state.withLock { state in
            if state.token?.login == token.login { state.token = nil }
        }
        return true
    }

    /// Renews a token that is half over; to be called now and then, so that an idle server keeps its own.
    func keepFresh() async {
        // The failure is told to those who need a token, and is tried again.
        guard state.withLock({ $0.token != nil }) else { return }
        _ = try? await token()
    }

    private func obtain(after old: VaultToken?) async -> Result<VaultToken, KeyStoreError> {
        let outcome: Result<VaultToken, KeyStoreError>
        do throws(KeyStoreError) {
            if let token = try await renewed(old) {
                outcome = .success(token)
            } else {
                outcome = .success(try await freshToken())
            }
        } catch {
            outcome = .failure(error)
        }
        let now = elapsed()
        state.withLock { state in
            state.work = nil
            switch outcome {
            case .success(let token):
                state.token = token
                state.failure = nil
            // Whoever has no token tries again at once.
            case .failure(.unreachable) where old == nil: break
            case .failure(let error): state.failure = (error, now + Self.failurePause)
            }
        }
        return outcome
    }

    /// The same token for longer; nil when only a login helps.
    private func renewed(_ old: VaultToken?) async throws(KeyStoreError) -> VaultToken? {
        guard let old, old.isRenewable else { return nil }
        let start = elapsed()
        let answer = VaultAnswer(
            try await connection.send(
                "POST",
                "auth/token/renew-self",
                token: old,
                namespace: settings.namespace,
                body: Array("{}".utf8)
            ),
            attempts: 1
        )
        guard answer.status == 200, let token = read(answer, since: start, renewing: old), !token.isWorn
        else { return nil }
        return token
    }

    private func freshToken() async throws(KeyStoreError) -> VaultToken {
        let start = elapsed()
        let answer = VaultAnswer(
            try await connection.send(
                "POST",
                "auth/\(settings.engine.encoded)/login",
                token: nil,
                namespace: settings.namespace,
                body: try settings.proof.body()
            ),
            attempts: 1
        )
        guard answer.status == 200 else {
            throw .unavailable(
                reason: "\(connection.endpoint) refuses the login at 'auth/\(settings.engine.encoded)' with "
                    + answer.complaint
            )
        }
        guard let token = read(answer, since: start, renewing: nil) else {
            throw .unavailable(reason: "\(connection.endpoint) answers the login with no token")
        }
        return token
    }

    private func read(_ answer: VaultAnswer, since: Duration, renewing old: VaultToken?) -> VaultToken? {
        guard let auth = answer.json?["auth"], let text = auth["client_token"]?.text, !text.isEmpty,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            case .number(let number)? = auth["lease_duration"], let seconds = number.int64,
            (0...Self.leaseSecondsMax).contains(seconds)
        else { return nil }
        let lease = seconds == 0 ? nil : Duration.seconds(seconds)
        let isRenewable = if case .bool(true)? = auth["renewable"] { true } else { false }
        let login =
            old?.login
            ?? state.withLock { state in
                state.logins += 1
                return state.logins
            }
        return VaultToken(
            text,
            since: since,
            lease: lease,
            firstLease: old?.firstLease ?? lease,
            isRenewable: isRenewable,
            login: login
        )
    }

    /// A hundred years.
    private static let leaseSecondsMax: Int64 = 3_155_760_000
}

extension VaultSettings.Login.Proof {
    /// The body of the login; a token in a file is read anew each time.
    fileprivate func body() throws(KeyStoreError) -> [UInt8] {
        switch self {
        case .appRole(let id, let secret):
            return secret.exposingSecret { secret in
                JSONWriter.object {
                    $0.member("role_id", id); $0.member("secret_id", secret)
                }
            }
        case .kubernetes(let role, .text(let token)):
            return token.exposingSecret { token in
                JSONWriter.object {
                    $0.member("role", role); $0.member("jwt", token)
                }
            }
        case .kubernetes(let role, .file(let path)):
            let token: String
            do throws(FileFailure) {
                let bytes = try DurableFile.read(at: path, bytesMax: 64 * 1024, ownerOnly: false)
                token = String(
                    bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }.trimmingWhitespace
                )
            } catch {
                throw .unavailable(reason: "the token of the service account cannot be read: \(error)")
            }
            return JSONWriter.object {
                $0.member("role", role); $0.member("jwt", token)
            }
        }
    }
}

extension JSONWriter {
    static func object(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return writer.bytes
    }

    mutating func member(_ name: String, _ text: String) {
        self.name(name)
        string(text)
    }
}
