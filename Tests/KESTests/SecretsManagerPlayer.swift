import AWSProtocol
import Crypto
import Synchronization

/// Plays AWS Secrets Manager to the extent that key stores use it, with the refusals AWS documents.
final class SecretsManagerPlayer: Sendable {
    private let secrets = Mutex<[String: String]>([:])
    private let pageSize: Int
    private let troubles: Mutex<[ScriptedHTTPServer.Reply]>

    /// `troubles` are answered first, one to each request.
    init(pageSize: Int = 100, troubles: [ScriptedHTTPServer.Reply] = []) {
        self.pageSize = pageSize
        self.troubles = Mutex(troubles)
    }

    func put(_ name: String, _ value: String) { secrets.withLock { $0[name] = value } }

    func reply(to request: ScriptedHTTPServer.Request) -> ScriptedHTTPServer.Reply {
        if let trouble = troubles.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return trouble }
        if request.method == "GET" { return .answer(404, "nothing here") }
        guard request.headers["authorization"]?.hasPrefix("AWS4-HMAC-SHA256 Credential=") == true else {
            return error(400, "MissingAuthenticationTokenException")
        }
        guard let body = try? JSON.parse(request.body) else { return error(400, "SerializationException") }
        let name = (body["SecretId"] ?? body["Name"])?.text ?? ""
        return secrets.withLock { secrets in
            switch request.headers["x-amz-target"] {
            case "secretsmanager.CreateSecret":
                guard secrets[name] == nil else { return error(400, "ResourceExistsException") }
                guard (32...64).contains(body["ClientRequestToken"]?.text?.count ?? 0) else {
                    return error(400, "InvalidParameterException")
                }
                secrets[name] = body["SecretString"]?.text
                return .answer(200, #"{"Name":"\#(name)"}"#)
            case "secretsmanager.GetSecretValue":
                guard let value = secrets[name] else { return error(400, "ResourceNotFoundException") }
                return .answer(200, json { $0.member("SecretString", value) })
            case "secretsmanager.DescribeSecret":
                guard secrets[name] != nil else { return error(400, "ResourceNotFoundException") }
                return .answer(200, #"{"Name":"\#(name)"}"#)
            case "secretsmanager.DeleteSecret":
                secrets[name] = nil
                return .answer(200, "{}")
            case "secretsmanager.ListSecrets": return list(secrets.keys.sorted(), body)
            default: return error(400, "UnknownOperationException")
            }
        }
    }

    private func list(_ names: [String], _ body: JSON) -> ScriptedHTTPServer.Reply {
        let prefix = body["Filters"]?.elements?.first?["Values"]?.elements?.first?.text ?? ""
        let found = names.filter { $0.hasPrefix(prefix) }
        let start = body["NextToken"]?.text.flatMap { Int($0) } ?? 0
        let page = found.dropFirst(start).prefix(pageSize)
        return .answer(
            200,
            json { writer in
                writer.name("SecretList")
                writer.beginArray()
                for name in page {
                    writer.beginObject()
                    writer.member("Name", name)
                    writer.endObject()
                }
                writer.endArray()
                if start + page.count < found.count { writer.member("NextToken", "\(start + page.count)") }
            }
        )
    }

    private func error(_ status: Int, _ code: String) -> ScriptedHTTPServer.Reply {
        .answer(status, #"{"__type":"\#(code)","Message":"as the test wants it"}"#)
    }

    private func json(_ members: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }
}
