import AWSProtocol
import ArgumentParser

/// What policies there are; they are written in the server's configuration file.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Show policies.",
        subcommands: [PolicyInfo.self, PolicyList.self, PolicyShow.self]
    )
}

struct PolicyInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show when a policy was made."
    )

    @OptionGroup var options: ClientOptions
    @OptionGroup var format: FormatOptions
    @Argument var name: String

    mutating func run() async throws {
        let path = "/v1/policy/describe/\(URLPart.of(name))"
        let policy = try await KESClient.with(options) { try await $0.json(.get, path) }
        guard !format.json else { return Output.print(bytes: JSONOutput.of(policy)) }
        Output.columns([
            ("Name", policy.member("name")), ("Date", DateText.of(policy.member("created_at"))),
            ("Owner", policy.member("created_by")),
        ])
    }
}

struct PolicyList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ls", abstract: "List policies.")

    @OptionGroup var options: ClientOptions
    @OptionGroup var format: FormatOptions
    @Argument(help: "The beginning of their names, with or without a *.") var pattern = ""

    mutating func run() async throws {
        let pattern = pattern
        let names = try await KESClient.with(options) {
            try await Listing.names($0, "/v1/policy/list/", pattern, "names")
        }
        format.show(names, under: "Policy")
    }
}

struct PolicyShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a policy's rules as JSON."
    )

    @OptionGroup var options: ClientOptions
    @OptionGroup var format: FormatOptions
    @Argument var name: String

    mutating func run() async throws {
        let path = "/v1/policy/read/\(URLPart.of(name))"
        let policy = try await KESClient.with(options) { try await $0.json(.get, path) }
        var writer = JSONWriter()
        writer.beginObject()
        for member in ["allow", "deny", "created_at", "created_by"] {
            guard let value = policy[member] else { continue }
            writer.name(member)
            writer.value(value)
        }
        writer.endObject()
        Output.print(bytes: writer.bytes)
        if Output.isTerminal { Output.print("\n") }
    }
}
