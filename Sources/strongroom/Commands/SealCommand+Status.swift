import AWSProtocol
import ArgumentParser
import Cryptography
import Server
import Storage

/// Says what keeps the root keyring, whether it opens, and which root keys it holds.
struct SealStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say what seals the root keyring, whether it opens, and which root keys it holds."
    )

    @OptionGroup var options: StoreOptions

    @Flag(help: "Also count the records under old root keys, which reads them all.")
    var records = false

    mutating func run() async throws {
        let settings = try await StoreSettings(try await options.settings())
        try await options.withSealedDeployment(settings) { deployment in
            let stored = try await deployment.storedKeyring()
            show(stored, settings.seal.description(in: deployment.directory, sealed: stored.sealed))
            let administration: SealAdministration
            let keyring: RootKeyring
            do {
                let seal = try deployment.open(settings.seal, making: false)
                administration = SealAdministration(deployment, seal: seal)
                keyring = try await administration.openKeyring()
            } catch {
                Output.print("opens: no")
                throw error
            }
            Output.print("opens: yes")
            for version in keyring.versions {
                let current = version.number == keyring.currentVersion ? " (current)" : ""
                Output.print("root key \(version.number): \(Timestamp.iso8601(version.createdAt))\(current)")
            }
            guard records else { return }
            let count = try await administration.countRecords()
            Output.print("records: \(count.records), of which \(count.outdated) are under old root keys")
        }
    }

    private func show(_ stored: KeyringRecord.Stored, _ seal: SealDescription) {
        Output.print("seal: \(stored.sealed.seal)")
        if stored.sealed.seal == seal.kind {
            for parameter in seal.parameters { Output.print("\(parameter.name): \(parameter.value)") }
        } else {
            Output.print("configured: \(seal.kind)")
        }
        if let deployment = stored.sealed.deployment { Output.print("deployment: \(deployment)") }
        Output.print("record: \(KeyringRecord.key), version \(stored.version)")
    }
}
