import AWSProtocol
import ArgumentParser
import Doors
import Logging
import SecretsManager
import Server

/// Registers a rotator and prints its ARN.
struct RotatorAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Register a rotator and print its ARN.",
        discussion: """
            A function is called with the event that AWS sends and uses credentials of its own. Built-in rotators may \
            read and write the secret they rotate, and read the secrets of --may-read, where the keys' policies leave \
            that to the account. Running servers have it at once.
            """
    )

    @OptionGroup var options: StoreOptions
    @OptionGroup var place: RotatorPlace

    @Argument(help: "A name of letters, digits, hyphens and underscores.")
    var name: RotatorName

    @Option(help: "The address of a function that speaks Lambda's invoke API, such as http://host:8080.")
    var lambdaEndpoint: String?

    @Option(help: "Rotate passwords of PostgreSQL users: single or alternating.")
    var postgresql: String?

    @Flag(help: "Rotate passwords of Redis ACL users.")
    var redis = false

    @Option(help: "Make a new value of this template.")
    var template: String?

    @Option(name: .customLong("set"), help: "A further setting of the kind, NAME=VALUE; may be repeated.")
    var settings: [String] = []

    @Option(help: "The ARN of a secret that the rotator may read, such as a master's; may be repeated.")
    var mayRead: [String] = []

    @Flag(help: "Take the place of a rotator of the same name.")
    var replace = false

    mutating func run() async throws {
        let (kind, settings) = try described()
        for text in mayRead {
            guard let arn = ARN(text), arn.service == "secretsmanager",
                !text.contains(where: { "*?$\"".contains($0) })
            else { throw ValidationError("\(text) is not the ARN of a secret.") }
        }
        try await options.withDeployment { deployment in
            let rotator = RegisteredRotator(
                locator: try await place.locator(of: name, in: deployment, options),
                kind: kind,
                settings: settings,
                readableSecrets: mayRead,
                createdAt: SystemTime.now()
            )
            do throws(RotationFailure) {
                _ = try RotatorKinds(logger: Logger(label: "strongroom")).rotator(for: rotator)
            } catch {
                throw ValidationError(error.reason)
            }
            let registry = RotatorRegistry(store: deployment.store)
            guard try await registry.add(rotator, replacing: replace) else {
                throw ValidationError(
                    "The rotator \(rotator.arn) is registered already; --replace takes its place."
                )
            }
            Output.print(rotator.arn)
        }
    }

    /// The kind that the options name, with its settings.
    private func described() throws -> (kind: String, settings: [String: String]) {
        var found: [(kind: String, setting: (String, String)?)] = []
        if let lambdaEndpoint { found.append(("lambda", ("endpoint", lambdaEndpoint))) }
        if let postgresql { found.append(("postgresql", ("users", postgresql))) }
        if redis { found.append(("redis", nil)) }
        if let template { found.append(("template", ("template", template))) }
        guard let (kind, setting) = found.first, found.count == 1 else {
            throw ValidationError("One of --lambda-endpoint, --postgresql, --redis and --template is needed.")
        }
        var settings: [String: String] = [:]
        if let setting { settings[setting.0] = setting.1 }
        for text in self.settings {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, settings[String(parts[0])] == nil else {
                throw ValidationError("\(text) is not NAME=VALUE, or its name was given before.")
            }
            settings[String(parts[0])] = String(parts[1])
        }
        return (kind, settings)
    }
}
