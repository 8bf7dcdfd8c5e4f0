import AWSProtocol
import ArgumentParser
import Doors
import IAM
import Server

/// Makes OpenID Connect providers, and keeps the keys of those that the server cannot ask.
struct OIDCProviderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oidc-provider",
        abstract: "Trust identity providers, and set the keys of those that cannot be reached.",
        subcommands: [Create.self, SetKeys.self, RemoveKeys.self, ShowKeys.self]
    )
}

/// Which provider of which account is meant.
struct ProviderOptions: ParsableArguments {
    @Option(help: "The provider's issuer, such as https://kubernetes.default.svc.cluster.local.")
    var url: String

    @Option(help: "The account that has the provider. (default: the first account)")
    var account: AccountID?

    func issuer() throws -> IssuerName {
        guard let issuer = IssuerName(url: url) else {
            throw ValidationError("\(url) is not the https address of an issuer.")
        }
        return issuer
    }

    func account(in deployment: Deployment) async throws -> AccountID {
        if let account { return account }
        guard let account = try await deployment.administration.defaultAccount() else {
            throw ValidationError("There is no account yet.")
        }
        return account
    }
}

extension OIDCProviderCommand {
    /// Lets an account take the tokens of a provider.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an account take the tokens of a provider, and print the provider's ARN."
        )

        @OptionGroup var options: StoreOptions
        @OptionGroup var provider: ProviderOptions

        @Option(name: .customLong("client-id"), help: "An audience that tokens may be for; may be repeated.")
        var clientIDs: [String] = ["sts.amazonaws.com"]

        mutating func run() async throws {
            let issuer = try provider.issuer()
            try await options.withDeployment { deployment in
                let account = try await provider.account(in: deployment)
                try await deployment.administration.setProvider(
                    issuer,
                    clientIDs: clientIDs,
                    of: account,
                    at: SystemTime.now()
                )
                Output.print(OpenIDConnectProvider.arn(account, issuer.description))
            }
        }
    }

    /// Sets the keys of a provider.
    struct SetKeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-keys",
            abstract: "Set the keys with which a provider signs, in place of those it publishes.",
            discussion: """
                FILE is a JSON Web Key Set, as 'kubectl get --raw /openid/v1/jwks' prints it. While keys are set, \
                the provider is never called; after it has changed its keys they must be set again.
                """
        )

        @OptionGroup var options: StoreOptions
        @OptionGroup var provider: ProviderOptions

        @Argument(help: "A JSON Web Key Set.")
        var file: String

        mutating func run() async throws {
            let issuer = try provider.issuer()
            let document = try TextFile.read(file)
            try await options.withDeployment { deployment in
                try await deployment.administration.setKeys(
                    document,
                    of: issuer,
                    for: try await provider.account(in: deployment),
                    at: SystemTime.now()
                )
            }
        }
    }

    /// Removes the keys of a provider.
    struct RemoveKeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove-keys",
            abstract: "Forget the keys set for a provider and use those it publishes."
        )

        @OptionGroup var options: StoreOptions
        @OptionGroup var provider: ProviderOptions

        mutating func run() async throws {
            let issuer = try provider.issuer()
            try await options.withDeployment { deployment in
                let account = try await provider.account(in: deployment)
                guard try await deployment.administration.removeKeys(of: issuer, for: account) else {
                    throw ValidationError("No keys are set for \(issuer) in account \(account).")
                }
            }
        }
    }

    /// Prints the keys of a provider.
    struct ShowKeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show-keys",
            abstract: "Print the keys set for a provider."
        )

        @OptionGroup var options: StoreOptions
        @OptionGroup var provider: ProviderOptions

        mutating func run() async throws {
            let issuer = try provider.issuer()
            try await options.withDeployment { deployment in
                let account = try await provider.account(in: deployment)
                guard let keys = try await deployment.administration.keys(of: issuer, for: account) else {
                    throw ValidationError("No keys are set for \(issuer) in account \(account).")
                }
                Output.print(keys.document)
            }
        }
    }
}
