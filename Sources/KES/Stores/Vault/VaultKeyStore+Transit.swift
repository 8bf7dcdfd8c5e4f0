import AWSProtocol
import Cryptography

extension VaultKeyStore {
    private static let wrappedPrefix = "vault:v"

    /// What is stored of a value: itself, or what the transit engine makes of it.
    func wrapped(_ value: SharedSecret) async throws(KeyStoreError) -> String {
        guard let transit = settings.transit else {
            return value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
        let path = "\(transit.engine.encoded)/encrypt/\(transit.key.encoded)"
        let body = JSONWriter.object { writer in
            writer.name("plaintext")
            value.withUnsafeBytes { writer.base64($0) }
        }
        let answer = try await client.call("POST", path, body: body)
        guard answer.status == 200 else { throw client.unavailable("POST", path, answer) }
        guard let text = answer.data?["ciphertext"]?.text, text.hasPrefix(Self.wrappedPrefix) else {
            throw .unavailable(reason: "\(settings.endpoint) answers POST \(path) with no ciphertext")
        }
        return text
    }

    /// The value that was stored.
    ///
    /// A text that is not wrapped is refused where transit is set: else whoever can write the engine could put a
    /// key of their own there.
    func unwrapped(_ text: String, of name: KeyName) async throws(KeyStoreError) -> SharedSecret {
        let isWrapped = text.hasPrefix(Self.wrappedPrefix)
        guard let transit = settings.transit else {
            guard !isWrapped else {
                throw .unavailable(
                    reason:
                        "the key '\(name)' is wrapped by a transit engine, and keystore.vault.transit is not set"
                )
            }
            return SharedSecret(SecretBytes(copying: text.utf8))
        }
        guard isWrapped else {
            throw .unavailable(reason: "the key '\(name)' is not wrapped by the transit engine that is set")
        }
        let path = "\(transit.engine.encoded)/decrypt/\(transit.key.encoded)"
        let body = JSONWriter.object { $0.member("ciphertext", text) }
        let answer = try await client.call("POST", path, body: body)
        guard answer.status == 200 else { throw client.unavailable("POST", path, answer) }
        guard let plaintext = answer.data?["plaintext"]?.text, let value = SharedSecret(base64: plaintext)
        else { throw .unavailable(reason: "\(settings.endpoint) answers POST \(path) with no plaintext") }
        return value
    }
}
