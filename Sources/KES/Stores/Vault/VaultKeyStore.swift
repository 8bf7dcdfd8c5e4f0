import AWSProtocol
package import Cryptography
import Synchronization

/// Keys in the key-value engine of HashiCorp Vault or OpenBao, laid out as KES does.
///
/// A key is the secret `<prefix>/<name>` with one member of the key's name. Of the engine's second version the
/// first version of a secret is read, and writes are conditional. Its first version has no conditional writes:
/// there a key is looked for, written and read again, one after the other in this process; two servers that
/// make the same key within the same moment can both believe that they did.
package final class VaultKeyStore: KeyStore {
    let settings: VaultSettings
    let client: VaultClient
    private let line = Mutex<Task<Void, Never>?>(nil)
    /// Whether the engine is known to be of the version that the settings say.
    private let isVersionKnown = Atomic(false)

    package init(
        _ settings: VaultSettings,
        http: any HTTPExchange,
        elapsed: @escaping @Sendable () -> Duration,
        pause: @escaping @Sendable (Duration) async -> Void
    ) {
        self.settings = settings
        client = VaultClient(settings, http: http, elapsed: elapsed, pause: pause)
    }

    package var summary: String { "Hashicorp Vault: \(settings.endpoint)" }
    package var probePause: Duration { settings.ping }

    package func create(_ name: KeyName, _ value: SharedSecret) async throws(KeyStoreError) {
        let text = try await wrapped(value)
        switch settings.version {
        case .v1:
            try await inTurn { () throws(KeyStoreError) in try await self.createAfterLooking(name, text) }
        case .v2: try await createConditionally(name, text)
        }
    }

    package func value(_ name: KeyName) async throws(KeyStoreError) -> SharedSecret {
        switch try await stored(name) {
        case .present(let text): return try await unwrapped(text, of: name)
        case .absent, .removed: throw .missing
        }
    }

    /// Removes a key with all its versions.
    package func delete(_ name: KeyName) async throws(KeyStoreError) {
        // Vault does not say whether there was anything to delete.
        if case .absent = try await stored(name) { throw .missing }
        let path = path(settings.version == .v1 ? nil : "metadata", name.text)
        let answer = try await client.call("DELETE", path)
        guard answer.status == 204 || answer.status == 200 else {
            throw client.unavailable("DELETE", path, answer)
        }
    }

    package func latency() async throws(KeyStoreError) -> Duration {
        let start = ContinuousClock.now
        try await client.health()
        return ContinuousClock.now - start
    }

    /// The path of a key or, with an empty name, of all keys.
    func path(_ part: String?, _ name: String) -> String {
        [settings.engine.encoded, part ?? "", settings.prefix.encoded, name]
            .filter { !$0.isEmpty }.joined(separator: "/")
    }
}

// MARK: Reading and writing

extension VaultKeyStore {
    private enum Stored {
        case present(String)
        case absent
        /// It was deleted in a way that can be taken back, and its name is still taken.
        case removed
    }

    private func stored(_ name: KeyName) async throws(KeyStoreError) -> Stored {
        let isFirst = settings.version == .v1
        let path = isFirst ? path(nil, name.text) : path("data", name.text)
        let answer = try await client.call("GET", isFirst ? path : path + "?version=1")
        if answer.isAbsence { return answer.data?["metadata"] == nil ? .absent : .removed }
        guard answer.status == 200 else { throw client.unavailable("GET", path, answer) }
        if !isFirst {
            guard case .number? = answer.data?["metadata"]?["version"] else {
                throw .unavailable(reason: "\(settings.endpoint): the engine of \(path) is not of version 2")
            }
        }
        let members = isFirst ? answer.data : answer.data?["data"]
        guard let text = members?[name.text]?.text else {
            throw .unavailable(reason: "\(settings.endpoint): \(path) has no member '\(name)'")
        }
        return .present(text)
    }

    private func createConditionally(_ name: KeyName, _ text: String) async throws(KeyStoreError) {
        try await checkVersion()
        let path = path("data", name.text)
        let body = JSONWriter.object { writer in
            writer.name("options")
            writer.beginObject()
            writer.name("cas")
            writer.integer(0)
            writer.endObject()
            writer.name("data")
            writer.beginObject()
            writer.member(name.text, text)
            writer.endObject()
        }
        let answer = try await client.call("POST", path, body: body)
        if answer.status == 200, case .number? = answer.data?["version"] { return }
        // Who may create and not update, as KES's documentation has it, is not allowed to write over a secret.
        let isTaken = answer.status == 400 && answer.complaint.contains("check-and-set")
        guard isTaken || answer.status == 403 else { throw client.unavailable("POST", path, answer) }
        switch try await stored(name) {
        // An answer may have been lost, and the repetition met what the first attempt wrote.
        case .present(let found): if answer.attempts > 1, found == text { return }
        case .absent: throw client.unavailable("POST", path, answer)
        case .removed: break
        }
        throw .exists
    }

    private func createAfterLooking(_ name: KeyName, _ text: String) async throws(KeyStoreError) {
        guard case .absent = try await stored(name) else { throw .exists }
        let path = path(nil, name.text)
        let body = JSONWriter.object { $0.member(name.text, text) }
        let answer = try await client.call("POST", path, body: body)
        guard answer.status == 204 || answer.status == 200 else {
            throw client.unavailable("POST", path, answer)
        }
        // Another server may have looked at the same moment.
        guard case .present(let found) = try await stored(name), found == text else { throw .exists }
    }

    /// Refuses an engine of version 1 where the settings say 2.
    ///
    /// It would take a conditional write for any other, and keys would be overwritten. Who may not ask learns it
    /// from the first answer.
    private func checkVersion() async throws(KeyStoreError) {
        guard !isVersionKnown.load(ordering: .relaxed) else { return }
        let answer = try await client.call("GET", "sys/internal/ui/mounts/\(settings.engine.encoded)")
        guard answer.status == 200 else { return }
        guard answer.data?["options"]?["version"]?.text == "2" else {
            throw .unavailable(
                reason:
                    "\(settings.endpoint): '\(settings.engine.encoded)' is no key-value engine of version 2"
            )
        }
        isVersionKnown.store(true, ordering: .relaxed)
    }

    /// Runs work after all that came before it.
    private func inTurn(
        _ work: @escaping @Sendable () async throws(KeyStoreError) -> Void
    ) async throws(KeyStoreError) {
        let task = line.withLock { last in
            let task = Task { [last] () -> KeyStoreError? in
                await last?.value
                do throws(KeyStoreError) {
                    try await work()
                    return nil
                } catch {
                    return error
                }
            }
            last = Task { _ = await task.value }
            return task
        }
        if let error = await task.value { throw error }
    }
}
