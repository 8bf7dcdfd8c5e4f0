import AWSProtocol
import ArgumentParser
import Doors
import IAM
import SecretsManager
import Server

/// Registers what rotates secrets.
struct RotatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotator",
        abstract: "Register what rotates secrets, for the RotationLambdaARN of RotateSecret.",
        subcommands: [RotatorAdd.self, List.self, Remove.self]
    )
}

/// Where a rotator is registered.
struct RotatorPlace: ParsableArguments {
    @Option(help: "The account of the rotator and the secrets. (default: the first account)")
    var account: AccountID?

    @Option(help: "The Region of the rotator and the secrets. (default: the first of the Regions served)")
    var region: Region?

    func locator(
        of name: RotatorName,
        in deployment: Deployment,
        _ options: StoreOptions
    ) async throws -> RotatorLocator {
        let first = try await deployment.administration.defaultAccount()
        guard let account = account ?? first else {
            throw ValidationError("There is no account yet.")
        }
        let regions = try await ServeSettings.regions(try await options.settings())
        return RotatorLocator(account, region ?? regions[0], name)
    }
}

extension RotatorCommand {
    /// Lists rotators.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the rotators of an account: ARN, kind, settings."
        )

        @OptionGroup var options: StoreOptions

        @Option(help: "The account. (default: the first account)")
        var account: AccountID?

        mutating func run() async throws {
            try await options.withDeployment { deployment in
                let first = try await deployment.administration.defaultAccount()
                guard let account = account ?? first else { return }
                for rotator in try await RotatorRegistry(store: deployment.store).list(of: account) {
                    let settings = rotator.settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                    let fields = [rotator.arn, rotator.kind] + settings
                    Output.print(fields.joined(separator: "\t"))
                }
            }
        }
    }

    /// Forgets a rotator.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget a rotator.",
            discussion: "Rotations of secrets that have it fail until it is there again."
        )

        @OptionGroup var options: StoreOptions
        @OptionGroup var place: RotatorPlace

        @Argument(help: "The rotator's name.")
        var name: RotatorName

        mutating func run() async throws {
            try await options.withDeployment { deployment in
                let locator = try await place.locator(of: name, in: deployment, options)
                let registry = RotatorRegistry(store: deployment.store)
                guard try await registry.remove(locator, at: SystemTime.now()) else {
                    throw ValidationError("No rotator \(locator.arn) is registered.")
                }
            }
        }
    }
}

extension RotatorName: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension Region: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
