import AWSProtocol
import AsyncHTTPClient
import Cryptography
import NIOCore
import NIOHTTP1
import NIOSSL

import struct Foundation.Date
import struct Foundation.URLComponents

/// Calls Encrypt and Decrypt of a KMS over HTTP, signed, with patience for a KMS that is busy or restarting.
struct KMSSealClient: Sendable {
    private let place: KMSSeal.Place
    private let now: @Sendable () -> Date

    init(_ place: KMSSeal.Place, now: @escaping @Sendable () -> Date) {
        self.place = place
        self.now = now
    }

    private static let attemptsMax = 5
    private static let answerSecondsMax: Int64 = 10
    private static let answerBytesMax = 64 * 1024

    /// Encrypts a secret; also gives the ARN of the key, whatever name it was called by.
    func encrypt(
        _ secret: SharedSecret,
        key: String,
        for deployment: DeploymentID
    ) async throws(SealError) -> (ciphertext: [UInt8], keyARN: String) {
        let answer = try await call("Encrypt", key: key, for: deployment) { writer in
            writer.name("Plaintext")
            secret.withUnsafeBytes { writer.base64($0) }
        }
        guard let ciphertext = answer["CiphertextBlob"]?.text.flatMap({ Base64.decode($0) }),
            let arn = answer["KeyId"]?.text
        else { throw .unavailable(reason: "\(place.endpoint) gave no answer of Encrypt") }
        return (ciphertext, arn)
    }

    func decrypt(
        _ ciphertext: [UInt8],
        key: String,
        for deployment: DeploymentID
    ) async throws(SealError) -> SharedSecret {
        let answer = try await call("Decrypt", key: key, for: deployment) { writer in
            writer.name("CiphertextBlob")
            writer.base64(ciphertext)
        }
        guard let plaintext = answer["Plaintext"]?.text.flatMap({ Base64.decode($0) }) else {
            throw .unavailable(reason: "\(place.endpoint) gave no answer of Decrypt")
        }
        return SharedSecret(SecretBytes(copying: plaintext))
    }

    private func call(
        _ operation: String,
        key: String,
        for deployment: DeploymentID,
        _ member: (inout JSONWriter) -> Void
    ) async throws(SealError) -> JSON {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("KeyId")
        writer.string(key)
        writer.name("EncryptionContext")
        writer.beginObject()
        writer.name("strongroom:deployment")
        writer.string(deployment.description)
        writer.endObject()
        member(&writer)
        writer.endObject()
        let client = try httpClient()
        let outcome = await attempts(operation, writer.bytes, with: client)
        do {
            try await client.shutdown()
        } catch {
            throw .unavailable(reason: "the connection to \(place.endpoint) cannot be closed: \(error)")
        }
        return try outcome.get()
    }

    private func attempts(
        _ operation: String,
        _ body: [UInt8],
        with client: HTTPClient
    ) async -> Result<JSON, SealError> {
        var attempt = 1
        while true {
            switch await self.attempt(operation, body, with: client) {
            case .answered(let answer): return .success(answer)
            case .failed(let error): return .failure(error)
            case .busy(let reason):
                guard attempt < Self.attemptsMax else { return .failure(.unavailable(reason: reason)) }
                // 0.2, 0.4, 0.8, 1.6 s, each up to half longer, so that nodes do not come back in step.
                let pause = 200 << (attempt - 1)
                attempt += 1
                do {
                    try await Task.sleep(for: .milliseconds(pause + Int.random(in: 0...(pause / 2))))
                } catch {
                    return .failure(.unavailable(reason: reason))
                }
            }
        }
    }

    private enum Outcome {
        case answered(JSON)
        /// It may go better in a moment.
        case busy(String)
        case failed(SealError)
    }

    private func attempt(_ operation: String, _ body: [UInt8], with client: HTTPClient) async -> Outcome {
        do {
            let request = try request(operation, body)
            let response = try await client.execute(request, timeout: .seconds(Self.answerSecondsMax))
            let buffer = try await response.body.collect(upTo: Self.answerBytesMax)
            return outcome(operation, status: Int(response.status.code), Array(buffer.readableBytesView))
        } catch let error as SealError {
            return .failed(error)
        } catch {
            return .busy("\(place.endpoint) cannot be reached: \(error)")
        }
    }

    private func outcome(_ operation: String, status: Int, _ body: [UInt8]) -> Outcome {
        let json = try? JSON.parse(body)
        if status == 200, let json { return .answered(json) }
        let code =
            json?["__type"]?.text.map { String($0.split(separator: "#").last ?? "") } ?? "HTTP \(status)"
        let message = (json?["message"] ?? json?["Message"])?.text ?? ""
        let printable = String(
            message.filter { !$0.isNewline && $0.asciiValue.map { $0 >= 0x20 } ?? true }.prefix(300)
        )
        let reason =
            "\(place.endpoint) answers \(operation) with \(code)\(printable.isEmpty ? "" : ": \(printable)")"
        switch code {
        case "InvalidCiphertextException", "IncorrectKeyException": return .failed(.refused)
        case "ThrottlingException", "RequestLimitExceeded", "LimitExceededException",
            "DependencyTimeoutException", "KMSInternalException", "KeyUnavailableException":
            return .busy(reason)
        default: return status >= 500 || status == 429 ? .busy(reason) : .failed(.denied(reason: reason))
        }
    }

    private func request(_ operation: String, _ body: [UInt8]) throws(SealError) -> HTTPClientRequest {
        let credentials = try ClientCredentials.find(profile: place.profile)
        let address = URLComponents(string: place.endpoint)
        let host = (address?.host ?? "") + (address?.port.map { ":\($0)" } ?? "")
        let headers = [
            ("host", host), ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "TrentService.\(operation)"),
        ]
        let signer = SigV4Signer(credentials: credentials, region: place.region, service: .kms)
        let added = signer.sign(
            SignedRequest(method: "POST", rawPath: "/", headers: HeaderList(headers), payload: .bytes(body)),
            now: now()
        )
        var request = HTTPClientRequest(url: place.endpoint + "/")
        request.method = .POST
        for (name, value) in headers + added { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        return request
    }

    private func httpClient() throws(SealError) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout = .init(connect: .seconds(5), read: .seconds(Self.answerSecondsMax))
        // The attempts are counted here.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let file = place.authorityFile {
            guard DataDirectory.isThere(file) else { throw .file(.missing(path: file)) }
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(file)
            configuration.tlsConfiguration = tls
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
