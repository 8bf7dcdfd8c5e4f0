import AWSProtocol
import ArgumentParser
import Doors
import IAM
import Server

/// Makes and lists accounts.
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Make and list accounts.",
        subcommands: [Create.self, List.self]
    )
}

extension AccountCommand {
    /// Makes an account and prints its number.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an account and print its number.",
            discussion: "Give it credentials with 'strongroom access-key create --account NUMBER'."
        )

        @OptionGroup var options: StoreOptions

        @Option(help: "The account's number, 12 digits. (default: a random one)")
        var account: AccountID?

        @Option(help: "What to call the account.")
        var name: String?

        mutating func run() async throws {
            try await options.withDeployment { deployment in
                let account = try await deployment.administration.createAccount(
                    account ?? .random(),
                    name: name,
                    at: SystemTime.now()
                )
                Output.print(account.id.description)
            }
        }
    }

    /// Lists accounts.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List accounts: number, creation, name.")

        @OptionGroup var options: StoreOptions

        mutating func run() async throws {
            try await options.withDeployment { deployment in
                for account in try await deployment.administration.accounts() {
                    let fields = [
                        account.id.description, Timestamp.iso8601(account.createdAt), account.name ?? "-",
                    ]
                    Output.print(fields.joined(separator: "\t"))
                }
            }
        }
    }
}

extension AccountID: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
