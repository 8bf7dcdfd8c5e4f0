import ArgumentParser

/// Who clients are: API keys, certificates, and what a server knows of them.
struct IdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "Make and show identities.",
        subcommands: [
            IdentityNew.self, IdentityOf.self, IdentityInfo.self, IdentityList.self, IdentityShow.self,
        ],
        defaultSubcommand: IdentityShow.self
    )
}
