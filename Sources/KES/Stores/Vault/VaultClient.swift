import AWSProtocol

/// Vault's HTTP API for whoever is logged in, with patience for what passes.
final class VaultClient: Sendable {
    private let connection: VaultConnection
    private let session: VaultSession
    private let namespace: String?
    private let pause: @Sendable (Duration) async -> Void

    private static let attemptsMax = 3
    private static let patience = Duration.seconds(8)

    init(
        _ settings: VaultSettings,
        http: any HTTPExchange,
        elapsed: @escaping @Sendable () -> Duration,
        pause: @escaping @Sendable (Duration) async -> Void
    ) {
        connection = VaultConnection(endpoint: settings.endpoint, http: http)
        session = VaultSession(settings.login, connection, elapsed: elapsed)
        namespace = settings.namespace
        self.pause = pause
    }

    var endpoint: String { connection.endpoint }

    /// Sends a request and gives what Vault makes of it: 200, 204, 400, 403 or 404.
    ///
    /// What another try may mend is tried three times; a token that Vault does not know any more is replaced.
    ///
    /// - Throws: `.unreachable` when nobody answers, `.unavailable` for every other answer.
    func call(
        _ method: String,
        _ path: String,
        body: [UInt8] = [],
        bytesMax: Int = 1 << 20
    ) async throws(KeyStoreError) -> VaultAnswer {
        let start = ContinuousClock.now
        var attempt = 1
        var hasNewToken = false
        while true {
            let failure: KeyStoreError
            do throws(KeyStoreError) {
                let token = try await session.token()
                let answer = VaultAnswer(
                    try await connection.send(
                        method,
                        path,
                        token: token,
                        namespace: namespace,
                        body: body,
                        bytesMax: bytesMax
                    ),
                    attempts: attempt
                )
                if answer.status == 403, !hasNewToken, try await session.isLost(token) {
                    hasNewToken = true
                    continue
                }
                switch answer.status {
                case 200, 204, 400, 403, 404: return answer
                // Too many requests, a standby whose data are behind, and what has failed within.
                case 412, 429, 472, 473, 500...: failure = unavailable(method, path, answer)
                default: throw unavailable(method, path, answer)
                }
            } catch .unreachable(let reason) {
                failure = .unreachable(reason: reason)
            }
            guard attempt < Self.attemptsMax, !Task.isCancelled,
                ContinuousClock.now - start < Self.patience
            else { throw failure }
            await pause(.milliseconds(200 << (attempt - 1)))
            attempt += 1
        }
    }

    /// Why an answer is of no use, for the operator's log.
    func unavailable(_ method: String, _ path: String, _ answer: VaultAnswer) -> KeyStoreError {
        let hint =
            switch answer.status {
            case 307: " (a standby that does not forward: name the active node)"
            case 403: " (the policy of the server's role must allow this)"
            default: ""
            }
        return .unavailable(reason: "\(endpoint) answers \(method) \(path) with \(answer.complaint)\(hint)")
    }

    /// Asks whether the server can serve, which needs no token.
    ///
    /// A standby counts: it hands on what it is asked. Source: Vault API, "/sys/health".
    func health() async throws(KeyStoreError) {
        let answer = VaultAnswer(
            try await connection.send(
                "GET",
                "sys/health?standbyok=true&perfstandbyok=true",
                token: nil,
                namespace: nil
            ),
            attempts: 1
        )
        let trouble: String? =
            switch answer.status {
            case 200, 429, 473:
                if case .bool(false)? = answer.json?["sealed"] { nil } else { "does not say how it is" }
            case 472: "is the secondary of a disaster recovery cluster"
            case 501: "is not initialized"
            case 503: "is sealed"
            default: "does not say how it is: \(answer.complaint)"
            }
        if let trouble { throw .unavailable(reason: "\(endpoint) \(trouble)") }
        await session.keepFresh()
    }
}
