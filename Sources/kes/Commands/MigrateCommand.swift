import ArgumentParser
import Foundation
import KES
import Server

/// Copies keys from one key store into another, as they are stored.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Copy keys from one key store into another.",
        discussion: "Both are named by configuration files; no server needs to run."
    )

    @Option(help: "The configuration file of the key store to copy from.") var from: String
    @Option(help: "The configuration file of the key store to copy into.") var to: String?
    @Flag(name: [.customShort("f"), .long], help: "Replace keys that exist there.") var force = false
    @Flag(help: "Skip keys that exist there.") var merge = false
    @Flag(name: [.customShort("k"), .long], help: .hidden) var insecure = false
    @Option(name: [.customShort("s"), .long], help: .hidden) var server: String?
    @Option(name: [.customShort("e"), .long], help: .hidden) var enclave: String?
    @Option(name: [.customShort("a"), .long], help: .hidden) var apiKey: String?
    @Argument(help: "The beginning of the keys' names, with or without a *.") var pattern = "*"

    mutating func run() async throws {
        // Before anything else reads the environment.
        _ = EnvironmentSecrets.ofProcess
        guard server == nil, enclave == nil, apiKey == nil else {
            throw CommandFailure("migration to a MinKMS server is not offered: name a key store with --to")
        }
        guard let to else { throw ValidationError("Name a configuration file with --to.") }
        guard !(force && merge) else { throw ValidationError("Choose one of --force and --merge.") }
        let settings = (
            from: try ConfigurationFile.read(from).keyStore, to: try ConfigurationFile.read(to).keyStore
        )
        let prefix: String
        do {
            prefix = try ListPattern(pattern).prefix
        } catch {
            throw CommandFailure(error.message)
        }
        let count = try await KeyStoreOpening.with(settings.from, creating: false) { source in
            try await KeyStoreOpening.with(settings.to, creating: true) { try await copy(source, $0, prefix) }
        }
        Output.print("Migrated \(String(count).leftPadded(to: 6)) keys successfully!\n")
    }

    private func copy(_ source: any KeyStore, _ target: any KeyStore, _ prefix: String) async throws -> Int {
        var count = 0
        var token: String?
        repeat {
            let page = try await source.list(prefix: prefix, continuing: token)
            for name in page.names where try await copy(name, source, target) { count += 1 }
            token = page.next
        } while token != nil
        return count
    }

    /// Whether the key was written.
    private func copy(_ name: KeyName, _ source: any KeyStore, _ target: any KeyStore) async throws -> Bool {
        let value = try await source.value(name)
        do throws(KeyStoreError) {
            try await target.create(name, value)
            return true
        } catch .exists {
            guard !merge else { return false }
            guard force else {
                throw CommandFailure(
                    "key '\(name)' exists in the other key store: use --merge to skip it or --force"
                )
            }
        }
        try await target.delete(name)
        try await target.create(name, value)
        return true
    }
}

extension String {
    fileprivate func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
