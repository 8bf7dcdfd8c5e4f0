import AWSProtocol
import ArgumentParser

struct KeyEncrypt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "encrypt", abstract: "Encrypt a message.")

    @OptionGroup var options: ClientOptions
    @Argument var name: String
    @Argument var message: String

    mutating func run() async throws {
        let body = Body.of([("plaintext", Base64.encode(Array(message.utf8)))])
        try await KeyUse.run(options, "encrypt", name, body, ["ciphertext"])
    }
}

struct KeyDecrypt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "decrypt", abstract: "Decrypt a ciphertext.")

    @OptionGroup var options: ClientOptions
    @Argument var name: String
    @Argument(help: "In base64.") var ciphertext: String
    @Argument(help: "In base64.") var context: String?

    mutating func run() async throws {
        guard Base64.decode(ciphertext) != nil else { throw CommandFailure("the ciphertext is no base64") }
        let body = Body.of([("ciphertext", ciphertext)] + (try KeyUse.context(context)))
        try await KeyUse.run(options, "decrypt", name, body, ["plaintext"])
    }
}

struct KeyDataKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dek",
        abstract: "Make a data key, and the same encrypted."
    )

    @OptionGroup var options: ClientOptions
    @Argument var name: String
    @Argument(help: "In base64.") var context: String?

    mutating func run() async throws {
        let body = Body.of(try KeyUse.context(context))
        try await KeyUse.run(options, "generate", name, body, ["plaintext", "ciphertext"])
    }
}

/// What the commands that use a key have in common.
private enum KeyUse {
    static func context(_ text: String?) throws -> [(String, String)] {
        guard let text else { return [] }
        guard Base64.decode(text) != nil else { throw CommandFailure("the context is no base64") }
        return [("context", text)]
    }

    static func run(
        _ options: ClientOptions,
        _ operation: String,
        _ name: String,
        _ body: [UInt8],
        _ members: [String]
    ) async throws {
        let path = "/v1/key/\(operation)/\(URLPart.of(name))"
        let answer = try await KESClient.with(options) { try await $0.json(.post, path, body) }
        let values = members.map { ($0, answer.member($0)) }
        guard Output.isTerminal else { return Output.print(bytes: Body.of(values)) }
        let width = (members.map(\.count).max() ?? 0) + 1
        Output.print("\n" + values.map { "\("\($0):".padded(to: width)) \($1)\n" }.joined())
    }
}
