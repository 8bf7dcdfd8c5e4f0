import AWSProtocol
import Cryptography
import Glibc

import class Foundation.ProcessInfo

/// The credentials with which the seal calls another KMS, found as AWS's own clients find them.
///
/// A profile that is asked for comes from the shared credentials file; else the variables count, then the
/// file's profile that `AWS_PROFILE` names, then its default. Read anew for each call, so that renewed
/// credentials are taken up. Source: AWS SDKs and Tools Reference Guide, "Standardized credential providers".
enum ClientCredentials {
    static func find(
        profile: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SealError) -> Credentials {
        if profile == nil, let id = environment["AWS_ACCESS_KEY_ID"], !id.isEmpty,
            let secret = environment["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty
        {
            return Credentials(
                accessKeyID: id,
                secret: SecretAccessKey(secret),
                sessionToken: environment["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : SessionToken($0) }
            )
        }
        let path =
            environment["AWS_SHARED_CREDENTIALS_FILE"] ?? (environment["HOME"] ?? "") + "/.aws/credentials"
        let name = profile ?? environment["AWS_PROFILE"] ?? "default"
        let text: String
        do throws(FileFailure) {
            let bytes = try DurableFile.read(at: path, bytesMax: 1 << 20, ownerOnly: false)
            text = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        } catch {
            throw .denied(
                reason: "there are no credentials for the KMS: AWS_ACCESS_KEY_ID is not set, and \(error)"
            )
        }
        let values = values(ofProfile: name, in: text)
        guard let id = values["aws_access_key_id"], let secret = values["aws_secret_access_key"] else {
            throw .denied(reason: "\(path) has no access key in a profile '\(name)'")
        }
        return Credentials(
            accessKeyID: id,
            secret: SecretAccessKey(secret),
            sessionToken: values["aws_session_token"].map { SessionToken($0) }
        )
    }

    /// The settings of a profile; the last of a name counts, as in AWS's clients.
    static func values(ofProfile name: String, in text: String) -> [String: String] {
        var values: [String: String] = [:]
        var isInside = false
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmed
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[" {
                isInside = line.last == "]" && String(line.dropFirst().dropLast().trimmed) == name
            } else if isInside, let equals = line.firstIndex(of: "=") {
                let key = line[..<equals].trimmed.lowercased()
                values[key] = String(line[line.index(after: equals)...].trimmed)
            }
        }
        return values
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
