import ArgumentParser

/// Looks at the seal, and changes it and what it seals.
struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Look at the seal of the root keyring, rotate the root key, or move to another seal.",
        subcommands: [SealStatus.self, SealRotate.self, SealMigrate.self]
    )
}
