import AWSProtocol
import ArgumentParser
import IAM
import Server

/// Makes, lists and changes access keys.
struct AccessKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access-key",
        abstract: "Make, list and change access keys.",
        subcommands: [
            AccessKeyCreate.self, List.self, Delete.self, Activate.self, Deactivate.self,
        ]
    )
}

extension AccessKeyCommand {
    /// Lists the access keys of an account.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List access keys: id, owner, status, creation, last use."
        )

        @OptionGroup var options: StoreOptions

        @Option(help: "The account. (default: the first one)")
        var account: AccountID?

        mutating func run() async throws {
            try await options.withDeployment { deployment in
                let administration = deployment.administration
                let account = try await administration.account(account)
                for key in try await administration.accessKeys(of: account) {
                    let use = try await administration.lastUse(of: key.id)
                    let fields = [
                        key.id.description, key.owner.name, key.status.rawValue,
                        Timestamp.iso8601(key.createdAt),
                        use.map { "\(Timestamp.iso8601($0.date)) \($0.service) \($0.region)" } ?? "-",
                    ]
                    Output.print(fields.joined(separator: "\t"))
                }
            }
        }
    }

    /// Erases an access key.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Erase an access key.")

        @OptionGroup var options: StoreOptions
        @Argument(help: "The access key's id.") var id: AccessKeyID

        mutating func run() async throws {
            try await options.withDeployment { deployment in
                try await deployment.administration.deleteAccessKey(id)
            }
        }
    }

    /// Lets an access key be used again.
    struct Activate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let an access key be used again.")

        @OptionGroup var options: StoreOptions
        @Argument(help: "The access key's id.") var id: AccessKeyID

        mutating func run() async throws {
            try await options.withDeployment { deployment in
                try await deployment.administration.setStatus(.active, of: id)
            }
        }
    }

    /// Keeps an access key from being used.
    struct Deactivate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Keep an access key from being used.")

        @OptionGroup var options: StoreOptions
        @Argument(help: "The access key's id.") var id: AccessKeyID

        mutating func run() async throws {
            try await options.withDeployment { deployment in
                try await deployment.administration.setStatus(.inactive, of: id)
            }
        }
    }
}

extension IdentityAdministration {
    /// The account a command names, or the deployment's first.
    func account(_ named: AccountID?) async throws -> AccountID {
        if let named { return named }
        guard let first = try await defaultAccount() else {
            throw ValidationError("The deployment has no account yet; start 'strongroom serve' once.")
        }
        return first
    }
}

extension AccessKey.Owner {
    /// The user's name, or `root` in angle brackets, which no user can be called.
    fileprivate var name: String {
        switch self {
        case .root: "<root>"
        case .user(_, let name): name.description
        }
    }
}

extension AccessKeyID: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension UserName: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
