import ArgumentParser
import Cryptography
import Doors
import Server

/// Adds a root key, and seals the records anew under it when asked.
struct SealRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Add a root key, under which everything is sealed from now on.",
        discussion: """
            Servers that run take it in within a second. Old root keys stay in the keyring: what is under them
            stays readable. With --reseal all records are sealed anew too; this can be interrupted and run again
            with --no-rotate. The material of keys inside of the records is under the new layer then, and keeps
            its own old one.
            """
    )

    @OptionGroup var options: StoreOptions

    @Flag(help: "Seal all records anew under the current root key.")
    var reseal = false

    @Flag(inversion: .prefixedNo, help: "Add a root key.")
    var rotate = true

    mutating func validate() throws {
        guard rotate || reseal else { throw ValidationError("--no-rotate without --reseal does nothing.") }
    }

    mutating func run() async throws {
        let settings = try await StoreSettings(try await options.settings())
        try await options.withSealedDeployment(settings) { deployment in
            let seal = try deployment.open(settings.seal, making: false)
            let administration = SealAdministration(deployment, seal: seal)
            let audit = try await SealAudit(
                deployment,
                keyring: try await administration.openKeyring(),
                now: { SystemTime.now() }
            )
            if rotate {
                let keyring = try await administration.rotate(now: SystemTime.now())
                // What was done is said first: it stays done when the trail cannot be written.
                Output.print("root key \(keyring.currentVersion) is the current one")
                try audit.record(.rotateRootKey, details: [("rootKey", "\(keyring.currentVersion)")])
            }
            if reseal {
                let count = try await administration.reseal()
                Output.print("sealed \(count) records anew")
                try audit.record(.resealRecords, details: [("records", "\(count)")])
            }
            if !audit.isRecording { Output.note(SealAudit.unrecordedNote) }
            try audit.close()
        }
    }
}

extension SealAudit {
    /// What is said when a server holds the trail.
    static let unrecordedNote =
        "A server holds the audit trail: it tells of this in its log, the trail does not."
}
