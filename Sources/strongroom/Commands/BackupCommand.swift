import ArgumentParser
import Cryptography
import Doors
import Glibc
import Server
import Storage

/// Makes and checks backups.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Write all records to a file, or check such a file.",
        discussion: """
            'strongroom backup FILE' is 'strongroom backup create FILE'. The server may go on serving. Values stay
            sealed: the backup needs no key, and opens only with the seal that the deployment has now.
            """,
        subcommands: [BackupCreate.self, BackupVerify.self],
        defaultSubcommand: BackupCreate.self
    )
}

/// Writes a backup.
struct BackupCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Write all records, as they are at this moment, to a file."
    )

    @OptionGroup var options: StoreOptions

    @Argument(help: "The file to write; - for standard output.")
    var file: String

    @Flag(help: "Replace the file if it is there.")
    var force = false

    mutating func run() async throws {
        let location = StoreLocation(try await StoreSettings(try await options.settings()))
        if file == "-" {
            guard !Output.isTerminal else {
                throw ValidationError("A backup is not text: send it to a file or a program.")
            }
            let tally = try await write(location, to: StandardOutput())
            report(tally, print: Output.note)
        } else {
            let output = try BackupOutputFile(path: file, replacing: force)
            let tally = try await write(location, to: output)
            try output.publish()
            report(tally, print: { Output.print($0) })
        }
    }

    private func write(_ location: StoreLocation, to sink: any BackupSink) async throws -> RecordTally {
        let store = try await BaseStore.open(location, creating: false)
        do throws(CopyError) {
            let tally = try await StoreCopy.backUp(
                store,
                engine: location.engine,
                program: Strongroom.configuration.version,
                at: SystemTime.now(),
                to: sink
            )
            await store.close()
            return tally
        } catch {
            await store.close()
            throw failure(error, location)
        }
    }

    private func failure(_ error: CopyError, _ location: StoreLocation) -> any Error {
        switch error {
        case .incomplete(let reason): DeploymentError.incompleteStore(reason)
        case .backup(.store(let error)), .source(let error), .filling(.store(let error)):
            CommandFailure("The backup was not made: \(location) cannot be read: \(error)")
        case .backup(let error): CommandFailure("The backup was not made: \(error)")
        case .filling(let error): CommandFailure("The backup was not made: \(error)")
        case .changedMeanwhile: CommandFailure("The backup was not made: the store changed.")
        }
    }

    private func report(_ tally: RecordTally, print: (String) -> Void) {
        print("\(tally.records) records written, SHA-256 of the records \(tally.digestText)")
    }
}

/// Standard output as the place for a backup.
private struct StandardOutput: BackupSink {
    func write(_ bytes: [UInt8]) throws(FileFailure) {
        try BackupOutputFile.write(bytes, to: STDOUT_FILENO, name: "standard output")
    }
}
