/// Sends requests to one Vault server, without a thought about who may.
struct VaultConnection: Sendable {
    /// A request of KES's API has 15 s; an attempt that begins now may take five.
    private static let answerTimeout = Duration.seconds(5)

    let endpoint: String
    let http: any HTTPExchange

    /// Sends one request below `/v1/`; `token` and `namespace` go into headers.
    func send(
        _ method: String,
        _ path: String,
        token: VaultToken?,
        namespace: String?,
        body: [UInt8] = [],
        bytesMax: Int = 1 << 20
    ) async throws(KeyStoreError) -> HTTPAnswer {
        // Vault answers requests without the first header too; with it nobody can be made to send one by a link.
        var headers: [(name: String, value: String)] = [("x-vault-request", "true")]
        if let token { headers.append(("x-vault-token", token.exposingSecret { $0 })) }
        if let namespace { headers.append(("x-vault-namespace", namespace)) }
        if !body.isEmpty { headers.append(("content-type", "application/json")) }
        return try await http.answer(
            to: HTTPCall(
                method: method,
                url: "\(endpoint)/v1/\(path)",
                headers: headers,
                body: body,
                timeout: Self.answerTimeout,
                bytesMax: bytesMax
            )
        )
    }
}
