import AWSProtocol
import ArgumentParser

/// What is done with keys.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Make, show, remove and use keys.",
        subcommands: [
            KeyCreate.self, KeyImport.self, KeyInfo.self, KeyList.self, KeyRemove.self, KeyEncrypt.self,
            KeyDecrypt.self, KeyDataKey.self,
        ]
    )
}

struct KeyCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Make keys.")

    @OptionGroup var options: ClientOptions
    @Argument(help: "Their names.") var names: [String]

    mutating func run() async throws {
        let names = names
        try await KESClient.with(options) { client in
            for name in names { _ = try await client.call(.post, "/v1/key/create/\(URLPart.of(name))") }
        }
    }
}

struct KeyImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a key of given bytes."
    )

    @OptionGroup var options: ClientOptions
    @Argument var name: String
    @Argument(help: "32 bytes in base64.") var key: String

    mutating func run() async throws {
        guard let bytes = Base64.decode(key) else { throw CommandFailure("the key is no base64") }
        guard bytes.count == 32 else {
            throw CommandFailure("the key has \(bytes.count) bytes instead of 32")
        }
        let (name, key) = (name, key)
        _ = try await KESClient.with(options) {
            try await $0.call(
                .post,
                "/v1/key/import/\(URLPart.of(name))",
                Body.of([("key", key), ("cipher", "AES256")])
            )
        }
    }
}

struct KeyInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "info", abstract: "Show a key.")

    @OptionGroup var options: ClientOptions
    @OptionGroup var format: FormatOptions
    @Argument var name: String

    mutating func run() async throws {
        let path = "/v1/key/describe/\(URLPart.of(name))"
        let key = try await KESClient.with(options) { try await $0.json(.get, path) }
        guard !format.json else { return Output.print(bytes: JSONOutput.of(key)) }
        var rows = [("Name", key.member("name")), ("Algorithm", key.member("algorithm"))]
        if let date = key["created_at"]?.text { rows.append(("Date", DateText.of(date))) }
        if let owner = key["created_by"]?.text { rows.append(("Owner", owner)) }
        Output.columns(rows)
    }
}

struct KeyList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "ls", abstract: "List keys.")

    @OptionGroup var options: ClientOptions
    @OptionGroup var format: FormatOptions
    @Argument(help: "The beginning of their names, with or without a *.") var pattern = ""

    mutating func run() async throws {
        let pattern = pattern
        let names = try await KESClient.with(options) {
            try await Listing.names($0, "/v1/key/list/", pattern, "names")
        }
        format.show(names, under: "Key")
    }
}

struct KeyRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rm", abstract: "Remove keys.")

    @OptionGroup var options: ClientOptions
    @Argument(help: "Their names.") var names: [String]

    mutating func run() async throws {
        let names = names
        try await KESClient.with(options) { client in
            for name in names { _ = try await client.call(.delete, "/v1/key/delete/\(URLPart.of(name))") }
        }
    }
}
