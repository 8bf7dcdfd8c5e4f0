package import AWSProtocol
import Cryptography
import Synchronization

package import struct Foundation.Date

/// Where a client of AWS's APIs has its access key from; asked before every call.
package protocol CredentialsSource: Sendable {
    func credentials() async throws(KeyStoreError) -> Credentials
}

extension SecretsManagerSettings.FixedCredentials: CredentialsSource {
    package func credentials() async throws(KeyStoreError) -> Credentials {
        Credentials(
            accessKeyID: accessKey,
            secret: secretKey.exposingSecret { SecretAccessKey($0) },
            sessionToken: token?.exposingSecret { SessionToken($0) }
        )
    }
}

/// The access key of the environment, else of the container, else of the machine.
///
/// Shared files are not read, as in KES. What a container or machine gives is kept until five minutes before
/// its end. Sources: AWS SDKs and Tools Reference Guide, "Container credential provider" and "IMDS credential
/// provider"; EC2 User Guide, "Use IMDS".
package final class DefaultCredentials: CredentialsSource {
    private struct Kept {
        let credentials: Credentials
        let expires: Date
    }

    private let environment: [String: String]
    private let http: any HTTPExchange
    private let now: @Sendable () -> Date
    private let kept = Mutex<Kept?>(nil)

    package init(
        environment: [String: String],
        http: any HTTPExchange,
        now: @escaping @Sendable () -> Date
    ) {
        self.environment = environment
        self.http = http
        self.now = now
    }

    package func credentials() async throws(KeyStoreError) -> Credentials {
        if let id = variable("AWS_ACCESS_KEY_ID") ?? variable("AWS_ACCESS_KEY"),
            let secret = variable("AWS_SECRET_ACCESS_KEY") ?? variable("AWS_SECRET_KEY")
        {
            return Credentials(
                accessKeyID: id,
                secret: SecretAccessKey(secret),
                sessionToken: variable("AWS_SESSION_TOKEN").map { SessionToken($0) }
            )
        }
        let now = now()
        if let kept = kept.withLock({ $0 }), now.addingTimeInterval(Self.marginSeconds) < kept.expires {
            return kept.credentials
        }
        let fresh = try await isInContainer ? container() : machine()
        kept.withLock { $0 = fresh }
        return fresh.credentials
    }

    private static let marginSeconds: Double = 300
    private static let containerHost = "http://169.254.170.2"
    private static let machineHost = "http://169.254.169.254"
    private static let machinePath = "/latest/meta-data/iam/security-credentials/"

    private func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    private var isInContainer: Bool {
        variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") != nil
            || variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") != nil
    }

    private func container() async throws(KeyStoreError) -> Kept {
        let url: String
        if let relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            url = Self.containerHost + relative
        } else {
            url = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") ?? ""
        }
        var headers: [(name: String, value: String)] = []
        if let token = try containerToken() { headers.append(("Authorization", token)) }
        return try await read(url, headers)
    }

    private func containerToken() throws(KeyStoreError) -> String? {
        guard let file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
            return variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        }
        do throws(FileFailure) {
            let bytes = try DurableFile.read(at: file, bytesMax: 64 * 1024, ownerOnly: false)
            return String(bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }.trimmingWhitespace)
        } catch {
            throw .unavailable(reason: "the container's token cannot be read: \(error)")
        }
    }

    /// The second version of the service wants a token first; the first version has none.
    private func machine() async throws(KeyStoreError) -> Kept {
        guard variable("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" else {
            throw .unavailable(reason: "there are no credentials: none are set, and IMDS is disabled")
        }
        let host = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").map {
            $0.hasSuffix("/") ? String($0.dropLast()) : $0
        }
        let base = host ?? Self.machineHost
        let token: HTTPAnswer
        do throws(KeyStoreError) {
            token = try await http.answer(
                to: HTTPCall(
                    method: "PUT",
                    url: base + "/latest/api/token",
                    headers: [("X-aws-ec2-metadata-token-ttl-seconds", "21600")],
                    timeout: .seconds(2),
                    bytesMax: Self.bytesMax
                )
            )
        } catch {
            throw .unavailable(
                reason: "there are no credentials: none are set, and this machine gives none (\(error))"
            )
        }
        var headers: [(name: String, value: String)] = []
        if token.status == 200 {
            headers.append(("X-aws-ec2-metadata-token", String(decoding: token.body, as: UTF8.self)))
        }
        let roles = try await get(base + Self.machinePath, headers)
        let lines = String(decoding: roles, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard let role = lines.first, role.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2f }) else {
            throw .unavailable(reason: "there are no credentials: this machine has no role")
        }
        return try await read(base + Self.machinePath + role, headers)
    }

    private static let bytesMax = 64 * 1024

    private func get(
        _ url: String,
        _ headers: [(name: String, value: String)]
    ) async throws(KeyStoreError) -> [UInt8] {
        let call = HTTPCall(
            method: "GET",
            url: url,
            headers: headers,
            timeout: .seconds(5),
            bytesMax: Self.bytesMax
        )
        let answer = try await http.answer(to: call)
        guard answer.status == 200 else {
            throw .unavailable(reason: "\(url) answers with HTTP \(answer.status) instead of credentials")
        }
        return answer.body
    }

    /// The document has the same members in containers and on machines.
    private func read(
        _ url: String,
        _ headers: [(name: String, value: String)]
    ) async throws(KeyStoreError) -> Kept {
        let body = try await get(url, headers)
        let json = try? JSON.parse(body)
        guard let id = json?["AccessKeyId"]?.text, let secret = json?["SecretAccessKey"]?.text,
            let expires = json?["Expiration"]?.text.flatMap({ Moment(rfc3339: $0) })
        else { throw .unavailable(reason: "\(url) gives no credentials") }
        let credentials = Credentials(
            accessKeyID: id,
            secret: SecretAccessKey(secret),
            sessionToken: json?["Token"]?.text.map { SessionToken($0) }
        )
        return Kept(credentials: credentials, expires: expires.date)
    }
}
