import AWSProtocol
package import Cryptography

package import struct Foundation.Date

/// Keys as secrets of AWS Secrets Manager, or of a server that speaks its API: AWS's, ours or another.
///
/// As KES does: a key's name is the secret's, its value the `SecretString`. A deletion leaves no recovery
/// window, so that the name can be used again. Calls that fail for a passing reason are made again, twice.
package final class SecretsManagerKeyStore: KeyStore {
    private let settings: SecretsManagerSettings
    private let http: any HTTPExchange
    private let credentials: any CredentialsSource
    private let now: @Sendable () -> Date
    private let pause: @Sendable (Duration) async -> Void

    package init(
        _ settings: SecretsManagerSettings,
        http: any HTTPExchange,
        credentials: any CredentialsSource,
        now: @escaping @Sendable () -> Date,
        pause: @escaping @Sendable (Duration) async -> Void
    ) {
        self.settings = settings
        self.http = http
        self.credentials = credentials
        self.now = now
        self.pause = pause
    }

    package var summary: String { "AWS SecretsManager: \(settings.endpoint)" }

    package func create(_ name: KeyName, _ value: SharedSecret) async throws(KeyStoreError) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("Name")
        writer.string(name.text)
        // The same for all attempts, so that one whose answer was lost does not make its repetition fail.
        writer.name("ClientRequestToken")
        writer.string(AWSProtocol.Hex.encode(RandomSource.bytes(16)))
        if let key = settings.kmsKey {
            writer.name("KmsKeyId")
            writer.string(key)
        }
        writer.name("SecretString")
        writer.string(value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        writer.endObject()
        _ = try await call("CreateSecret", writer.bytes)
    }

    package func value(_ name: KeyName) async throws(KeyStoreError) -> SharedSecret {
        let answer = try await call("GetSecretValue", Self.body { $0.secretID(name) })
        if let text = answer["SecretString"]?.text {
            return SharedSecret(SecretBytes(copying: text.utf8))
        }
        if let text = answer["SecretBinary"]?.text, let value = SharedSecret(base64: text) { return value }
        throw .unavailable(reason: "the secret '\(name)' has no value")
    }

    package func delete(_ name: KeyName) async throws(KeyStoreError) {
        // A forced deletion of a secret that is not there succeeds at AWS, after all or by chance.
        _ = try await call("DescribeSecret", Self.body { $0.secretID(name) })
        _ = try await call(
            "DeleteSecret",
            Self.body { writer in
                writer.secretID(name)
                writer.name("ForceDeleteWithoutRecovery")
                writer.bool(true)
            }
        )
    }

    /// Walks the account's secrets; those whose names are no names of keys are left out.
    package func list(
        prefix: String,
        continuing token: String?
    ) async throws(KeyStoreError) -> KeyStorePage {
        let body = Self.body { writer in
            writer.name("MaxResults")
            writer.integer(100)
            if !prefix.isEmpty {
                writer.name("Filters")
                writer.beginArray()
                writer.beginObject()
                writer.name("Key")
                writer.string("name")
                writer.name("Values")
                writer.beginArray()
                writer.string(prefix)
                writer.endArray()
                writer.endObject()
                writer.endArray()
            }
            if let token {
                writer.name("NextToken")
                writer.string(token)
            }
        }
        let answer = try await call("ListSecrets", body)
        guard let secrets = answer["SecretList"]?.elements else {
            throw .unavailable(reason: "\(settings.endpoint) gave no answer of ListSecrets")
        }
        let names = secrets.compactMap { $0["Name"]?.text }.filter {
            $0.hasPrefix(prefix) && KESName.isValid($0)
        }
        return KeyStorePage(
            names: names.map { KeyName(checked: $0) },
            next: answer["NextToken"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        )
    }

    /// Any HTTP answer counts, as in KES: whether the calls succeed depends on what they are.
    package func latency() async throws(KeyStoreError) -> Duration {
        let start = ContinuousClock.now
        _ = try await http.answer(
            to: HTTPCall(method: "GET", url: settings.endpoint + "/", timeout: .seconds(5))
        )
        return ContinuousClock.now - start
    }

    private static func body(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func secretID(_ name: KeyName) {
        self.name("SecretId")
        string(name.text)
    }
}

// MARK: Wire

extension SecretsManagerKeyStore {
    private static let attemptsMax = 3
    /// A request of KES's API has 15 s; an attempt that begins now may take five.
    private static let patience = Duration.seconds(8)
    private static let answerTimeout = Duration.seconds(5)

    private func call(_ operation: String, _ body: [UInt8]) async throws(KeyStoreError) -> JSON {
        var attempt = 1
        let start = ContinuousClock.now
        while true {
            let failure: KeyStoreError
            do throws(KeyStoreError) {
                let answer = try await http.answer(to: try await request(operation, body))
                switch outcome(operation, answer) {
                case .answered(let json): return json
                case .failed(let error): throw error
                case .busy(let error): failure = error
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

    private func request(_ operation: String, _ body: [UInt8]) async throws(KeyStoreError) -> HTTPCall {
        let credentials = try await credentials.credentials()
        // The configuration has checked that an endpoint is a scheme, a host and perhaps a port.
        let host = settings.endpoint.split(separator: "/").last.map(String.init) ?? ""
        let headers = [
            ("host", host), ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "secretsmanager.\(operation)"),
        ]
        let signer = SigV4Signer(credentials: credentials, region: settings.region, service: .secretsManager)
        let added = signer.sign(
            SignedRequest(method: "POST", rawPath: "/", headers: HeaderList(headers), payload: .bytes(body)),
            now: now()
        )
        return HTTPCall(
            method: "POST",
            url: settings.endpoint + "/",
            headers: headers + added,
            body: body,
            timeout: Self.answerTimeout
        )
    }

    private enum Outcome {
        case answered(JSON)
        /// It may go better in a moment.
        case busy(KeyStoreError)
        case failed(KeyStoreError)
    }

    private func outcome(_ operation: String, _ answer: HTTPAnswer) -> Outcome {
        let json = try? JSON.parse(answer.body)
        if answer.status == 200 {
            guard let json, case .object = json else {
                return .failed(.unavailable(reason: "\(settings.endpoint) answers \(operation) with no JSON"))
            }
            return .answered(json)
        }
        let code =
            json?["__type"]?.text.map { String($0.split(separator: "#").last ?? "") }
            ?? "HTTP \(answer.status)"
        let message = (json?["message"] ?? json?["Message"])?.text ?? ""
        let printable = String(message.filter { !$0.isNewline && $0.isASCII }.prefix(300))
        let reason = "\(settings.endpoint) answers \(operation) with \(code): \(printable)"
        switch code {
        case "ResourceExistsException": return .failed(.exists)
        case "ResourceNotFoundException": return .failed(.missing)
        case "InvalidRequestException" where operation == "GetSecretValue" && message.contains("deletion"):
            // Somebody else deleted it with a recovery window.
            return .failed(.missing)
        case "ThrottlingException", "RequestLimitExceeded", "InternalServiceError":
            return .busy(.unavailable(reason: reason))
        default:
            let error = KeyStoreError.unavailable(reason: reason)
            return answer.status >= 500 || answer.status == 429 ? .busy(error) : .failed(error)
        }
    }
}
