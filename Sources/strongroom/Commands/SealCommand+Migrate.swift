import ArgumentParser
import Doors
import Server

/// Moves the keyring from the seal in use to another one.
struct SealMigrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Seal the root keyring by another seal.",
        discussion: """
            The usual options tell the seal in use, and those that begin with --to- the new one. The keyring is
            shown to open with the new seal before the old one goes, in one commit. Servers that run go on with
            the keyring in their memory; restart each with the new settings.
            """
    )

    @OptionGroup var options: StoreOptions
    @OptionGroup(title: "New seal options") var target: NewSealOptions

    mutating func run() async throws {
        let reader = try await options.settings(target.flags)
        let settings = try await StoreSettings(reader)
        let new = try await SealSettings(reader, prefix: "to-")
        try await options.withSealedDeployment(settings) { deployment in
            let old = try deployment.open(settings.seal, making: false)
            let administration = SealAdministration(deployment, seal: old)
            let keyring = try await administration.openKeyring()
            let audit = try await SealAudit(deployment, keyring: keyring, now: { SystemTime.now() })
            try await administration.migrate(to: try deployment.open(new, making: true))
            // What was done is said first: it stays done when the trail cannot be written.
            Output.print("the seal \(new.kind) keeps the root keyring now")
            Output.print("from now on start with: \(new.flags)")
            try audit.record(.migrateSeal, details: [("from", settings.seal.kind), ("to", new.kind)])
            if !audit.isRecording {
                Output.note(SealAudit.unrecordedNote)
                Output.note("Restart the servers that run with the new settings.")
            }
            try audit.close()
        }
    }
}
