import ArgumentParser
import Cryptography
import Server
import Storage

/// Fills an empty store from a backup.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill an empty store with the records of a backup.",
        discussion: """
            The backup is checked whole before anything is written. A restore that did not finish leaves a store
            that no command opens; run the restore again. What is restored opens with the seal that the deployment
            had when the backup was made.
            """
    )

    @OptionGroup var options: StoreOptions

    @Argument(help: "The backup, a file: it is read twice.")
    var file: String

    mutating func run() async throws {
        guard file != "-" else {
            throw ValidationError("A backup is restored from a file: it is read twice.")
        }
        let location = StoreLocation(try await StoreSettings(try await options.settings()))
        let input = try BackupInputFile(path: file)
        let (_, expected) = try BackupArgument.verify(input, name: file)
        try input.rewind()
        let store = try await BaseStore.open(location, creating: true)
        do throws(CopyError) {
            let tally = try await StoreCopy.restore(input, expecting: expected, into: store)
            await store.close()
            Output.print("\(tally.records) records restored, SHA-256 of the records \(tally.digestText)")
        } catch {
            await store.close()
            throw failure(error, location)
        }
    }

    private func failure(_ error: CopyError, _ location: StoreLocation) -> CommandFailure {
        let again =
            "\(location) may hold a part of the backup; then nothing serves from it. "
            + "Run the restore again."
        return switch error {
        case .filling(.notEmpty):
            CommandFailure("Nothing was restored to \(location): \(FillingError.notEmpty).")
        case .filling(let error):
            CommandFailure("The restore did not finish: \(error). \(again)")
        case .source(let error), .backup(.store(let error)):
            CommandFailure("The restore did not finish: \(error). \(again)")
        case .backup(let error):
            CommandFailure(
                "The restore did not finish: \(BackupArgument.failure(error, name: file)). \(again)"
            )
        case .changedMeanwhile:
            CommandFailure("The restore did not finish: \(file) was changed meanwhile. \(again)")
        case .incomplete(let reason): CommandFailure("\(DeploymentError.incompleteStore(reason))")
        }
    }
}
