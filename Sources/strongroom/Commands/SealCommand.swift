import AWSProtocol
import ArgumentParser
import Cryptography
import Server

/// Looks at the seal.
struct SealCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Look at the seal of the root keyring.",
        subcommands: [Status.self]
    )
}

extension SealCommand {
    /// Says what keeps the root keyring and which root keys it holds.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what seals the root keyring, and which root keys it holds."
        )

        @OptionGroup var options: StoreOptions

        mutating func run() async throws {
            try await options.withDeployment { deployment in
                let seal = deployment.seal
                Output.print("seal: \(seal.kind)")
                Output.print(
                    "key file: \(seal.keyFile)\(seal.isBesideData ? " (beside the data it opens)" : "")"
                )
                for version in deployment.keyring.versions {
                    let current = version.number == deployment.keyring.currentVersion ? " (current)" : ""
                    Output.print(
                        "root key \(version.number): \(Timestamp.iso8601(version.createdAt))\(current)"
                    )
                }
            }
        }
    }
}
