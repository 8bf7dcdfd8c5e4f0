import AWSProtocol
import KES
import Synchronization

/// Plays Vault to the extent that the key store uses it; no socket, so that a test can hold its clock.
final class VaultPlayer: HTTPExchange {
    struct Request: Sendable {
        let method: String
        let path: String
        let headers: [String: String]
        let json: JSON?
    }

    enum Reply: Sendable {
        case answer(Int, String)
        case nobody
    }

    struct State: Sendable {
        var secrets: [String: String] = [:]
        var received: [Request] = []
        /// Answered first, one to each request.
        var troubles: [Reply] = []
        var tokens: Set<String> = []
        var logins = 0
        var secretID = "the secret id"
        var lease = 3600
        var isSealed = false
        /// What the mount says of itself.
        var version = "2"
        /// Vault overlooks `limit` and `after`.
        var hasPages = true
    }

    let state: Mutex<State>

    init(_ change: (inout State) -> Void = { _ in }) {
        var state = State()
        change(&state)
        self.state = Mutex(state)
    }

    var received: [Request] { state.withLock { $0.received } }

    func answer(to call: HTTPCall) async throws(KeyStoreError) -> HTTPAnswer {
        let request = Request(
            method: call.method,
            path: String(call.url.dropFirst("http://vault:8200/v1/".count)),
            headers: Dictionary(uniqueKeysWithValues: call.headers.map { ($0.name, $0.value) }),
            json: try? JSON.parse(call.body)
        )
        let reply = state.withLock { state in
            state.received.append(request)
            return state.troubles.isEmpty ? Self.reply(to: request, &state) : state.troubles.removeFirst()
        }
        switch reply {
        case .nobody: throw .unreachable(reason: "nobody there")
        case .answer(let status, let text):
            guard text.utf8.count <= call.bytesMax else { throw .unavailable(reason: "too long") }
            return HTTPAnswer(status: status, body: Array(text.utf8))
        }
    }

    private static func reply(to request: Request, _ state: inout State) -> Reply {
        if request.path.hasPrefix("sys/health") {
            return .answer(state.isSealed ? 503 : 200, #"{"sealed":\#(state.isSealed)}"#)
        }
        guard !state.isSealed else { return .answer(503, #"{"errors":["Vault is sealed"]}"#) }
        if request.path == "auth/approle/login" {
            guard request.json?["role_id"]?.text == "the role id",
                request.json?["secret_id"]?.text == state.secretID
            else { return .answer(400, #"{"errors":["invalid role or secret ID"]}"#) }
            state.logins += 1
            state.tokens.insert("token-\(state.logins)")
            return auth("token-\(state.logins)", state.lease)
        }
        guard let token = request.headers["x-vault-token"], state.tokens.contains(token) else {
            return .answer(403, #"{"errors":["permission denied"]}"#)
        }
        if request.path == "auth/token/renew-self" { return auth(token, state.lease) }
        if request.path == "auth/token/lookup-self" { return .answer(200, "{}") }
        if request.path == "sys/internal/ui/mounts/kv" {
            return .answer(200, #"{"data":{"options":{"version":"\#(state.version)"}}}"#)
        }
        return keyValue(request, &state)
    }

    private static func auth(_ token: String, _ lease: Int) -> Reply {
        .answer(200, #"{"auth":{"client_token":"\#(token)","lease_duration":\#(lease),"renewable":true}}"#)
    }

    private static func keyValue(_ request: Request, _ state: inout State) -> Reply {
        let (path, query) = split(request.path, at: "?")
        let (part, name) = split(String(path.dropFirst("kv/".count)), at: "/")
        switch (request.method, part) {
        case ("GET", "data"):
            guard let value = state.secrets[name] else { return .answer(404, #"{"errors":[]}"#) }
            return .answer(200, #"{"data":{"data":\#(value),"metadata":{"version":1}}}"#)
        case ("POST", "data"):
            guard let data = request.json?["data"], state.secrets[name] == nil else {
                return .answer(
                    400,
                    #"{"errors":["check-and-set parameter did not match the current version"]}"#
                )
            }
            state.secrets[name] = text(data)
            return .answer(200, #"{"data":{"version":1}}"#)
        case ("DELETE", "metadata"):
            state.secrets[name] = nil
            return .answer(204, "")
        case ("GET", "metadata"): return list(state, query)
        default: return .answer(404, #"{"errors":[],"warnings":["Invalid path"]}"#)
        }
    }

    private static func list(_ state: State, _ query: String) -> Reply {
        var names = state.secrets.keys.sorted()
        if state.hasPages {
            let after = split(query, at: "after=").1
            names = Array(names.filter { after.isEmpty || $0 > after }.prefix(1000))
        }
        guard !names.isEmpty else { return .answer(404, #"{"errors":[]}"#) }
        return .answer(200, #"{"data":{"keys":[\#(names.map { "\"\($0)\"" }.joined(separator: ","))]}}"#)
    }

    private static func split(_ text: String, at mark: String) -> (String, String) {
        guard let range = text.firstRange(of: mark) else { return (text, "") }
        return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
    }

    private static func text(_ json: JSON) -> String {
        var writer = JSONWriter()
        writer.value(json)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
