import ArgumentParser
import Server
import Storage

/// Works on whole stores.
struct StoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Move the records to another store.",
        subcommands: [StoreMigrate.self]
    )
}

/// Copies all records from one store to another.
struct StoreMigrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Copy all records from one store into another, empty one.",
        discussion: """
            A store is postgres://…, or the path of a SQLite file or of a data directory. Stop every server first.
            The source stays as it is; start the servers on the target.
            """
    )

    @Option(help: "The store to copy from.")
    var from: StoreLocation

    @Option(help: "The store to copy to.")
    var to: StoreLocation

    mutating func run() async throws {
        do throws(MigrationError) {
            let tally = try await StoreMigration.run(from: from, to: to)
            Output.print("\(tally.records) records copied, SHA-256 of the records \(tally.digestText)")
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: MigrationError) -> any Error {
        let again =
            "\(to) may hold a part of the records; then nothing serves from it. "
            + "Run the migration again."
        return switch error {
        case .sourceIsServed:
            CommandFailure("A server runs on \(from); stop it first.")
        case .deployment(let error): error
        case .copy(.incomplete(let reason)): DeploymentError.incompleteStore(reason)
        case .copy(.filling(.notEmpty)):
            CommandFailure("Nothing was copied to \(to): \(FillingError.notEmpty).")
        case .copy(.changedMeanwhile):
            CommandFailure("\(from) was changed while it was copied; stop every server first. \(again)")
        case .copy(.filling(let error)):
            CommandFailure("The migration did not finish: \(to): \(error). \(again)")
        case .copy(.source(let error)), .copy(.backup(.store(let error))):
            CommandFailure("The migration did not finish: \(from) cannot be read: \(error). \(again)")
        case .copy(.backup(let error)):
            CommandFailure("The migration did not finish: \(error). \(again)")
        }
    }
}

extension StoreLocation: ExpressibleByArgument {
    package init?(argument: String) { self.init(address: argument) }
}
