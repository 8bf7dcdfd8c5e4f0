import AWSProtocol
import ArgumentParser

struct IdentityInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show what the server knows of an identity. (default: one's own)"
    )

    @OptionGroup var options: ClientOptions
    @OptionGroup var format: FormatOptions
    @Argument var identity: String?

    mutating func run() async throws {
        let path = identity.map { "/v1/identity/describe/\(URLPart.of($0))" } ?? "/v1/identity/self/describe"
        let answer = try await KESClient.with(options) { try await $0.json(.get, path) }
        guard !format.json else { return Output.print(bytes: JSONOutput.of(answer)) }
        var rows = [("Identity", identity ?? answer.member("identity"))]
        rows.append(("Created At", DateText.of(answer.member("created_at"))))
        if case .bool(true)? = answer["admin"] { rows.append(("Role", "Admin")) }
        if let policy = answer["policy"]?.text { rows.append(("Policy", policy)) }
        for (label, name) in [("Allow", "allow"), ("Deny", "deny")] {
            guard case .object(let rules)? = answer[name] else { continue }
            for (index, rule) in rules.members.enumerated() {
                rows.append((index == 0 ? label : "", rule.key.text))
            }
        }
        Output.columns(rows)
    }
}

struct IdentityList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ls", abstract: "List identities.")

    @OptionGroup var options: ClientOptions
    @OptionGroup var format: FormatOptions
    @Argument(help: "The beginning of the identities, with or without a *.") var pattern = ""

    mutating func run() async throws {
        let pattern = pattern
        let names = try await KESClient.with(options) {
            try await Listing.names($0, "/v1/identity/list/", pattern, "identities")
        }
        format.show(names, under: "Identity")
    }
}
