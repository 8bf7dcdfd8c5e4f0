import ArgumentParser

/// The native parts of `make bench`, which scripts/bench.py puts together.
@main
struct StrongroomBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strongroom-bench",
        abstract: "Loads servers, and measures what they are compared with.",
        subcommands: [
            LoadCommand.self, HandshakesCommand.self, BareCommand.self, LibraryCommand.self,
            LookupCommand.self,
        ]
    )
}
