import ArgumentParser

/// Lists keys, identities or policies.
struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List keys, or identities, or policies."
    )

    @OptionGroup var options: ClientOptions
    @OptionGroup var format: FormatOptions
    @Flag(name: [.customShort("i"), .long], help: "Identities.") var identities = false
    @Flag(name: [.customShort("p"), .long], help: "Policies.") var policies = false
    @Argument(help: "The beginning of their names.") var prefix = ""

    mutating func run() async throws {
        guard !(identities && policies) else { throw ValidationError("Choose one of -i and -p.") }
        let (path, member, title) =
            if identities {
                ("/v1/identity/list/", "identities", "Identity")
            } else if policies {
                ("/v1/policy/list/", "names", "Policy")
            } else {
                ("/v1/key/list/", "names", "Key")
            }
        let prefix = prefix
        let names = try await KESClient.with(options) { try await Listing.names($0, path, prefix, member) }
        format.show(names, under: title)
    }
}
