import ArgumentParser
import Cryptography
import Doors
import Server

/// The command line of Strongroom.
@main
struct Strongroom: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strongroom",
        abstract: "A self-hosted key management server that speaks AWS KMS.",
        version: Release.version,
        subcommands: [
            Serve.self, AccountCommand.self, AccessKeyCommand.self, TrailCommand.self, SealCommand.self,
            BackupCommand.self, Restore.self, StoreCommand.self,
            HealthCommand.self, OIDCProviderCommand.self, RotatorCommand.self, Explain.self, WhoCan.self,
        ]
    )

    static func main() async {
        LibcryptoLifetime.outlastExit()
        await main(nil)
    }
}
