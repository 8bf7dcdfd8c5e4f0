import ArgumentParser
import Cryptography
import Glibc

/// The command line of KES: a key server of its own, and what administers one.
@main
struct KESCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kes",
        abstract: "A key server that speaks KES's protocol, and its command line.",
        discussion: "For completion in a shell: source <(kes --auto-completion [bash|zsh|fish])",
        subcommands: [
            ServerCommand.self, IdentityCommand.self, KeyCommand.self, PolicyCommand.self, LogCommand.self,
            StatusCommand.self, MetricCommand.self, ListCommand.self, MigrateCommand.self, UpdateCommand.self,
        ]
    )

    @Flag(name: [.customShort("v"), .long], help: "Print the version.")
    var version = false

    mutating func run() async throws {
        guard version else { throw CleanExit.helpRequest(self) }
        Output.lines(About.lines)
    }

    /// Exits with 1 when a command failed, and with 2 when it was not understood.
    static func main() async {
        LibcryptoLifetime.outlastExit()
        if let code = Completion.answer(Array(CommandLine.arguments.dropFirst())) { Glibc.exit(code) }
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(error)
        }
    }

    private static func exit(_ error: any Error) -> Never {
        if isUsage(error) {
            Output.note(fullMessage(for: error))
            Glibc.exit(2)
        }
        if let code = error as? ExitCode { Glibc.exit(code.rawValue) }
        Output.note("Error: \(error)")
        Glibc.exit(1)
    }

    /// Whether ArgumentParser speaks: about arguments, or because help was asked for.
    private static func isUsage(_ error: any Error) -> Bool {
        if error is ValidationError || error is CleanExit { return true }
        return String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") && !(error is ExitCode)
    }
}
