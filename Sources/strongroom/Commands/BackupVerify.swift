import AWSProtocol
import ArgumentParser
import Cryptography
import Glibc
import Storage

/// Checks a backup without a store.
struct BackupVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that a backup is whole, and say what it holds.",
        discussion: """
            It finds every damage. It does not find a forgery: who can write the file can also write its digests.
            """
    )

    @Argument(help: "The file to check; - for standard input.")
    var file: String

    mutating func run() async throws {
        let (header, tally) = try BackupArgument.verify(
            file == "-"
                ? BackupInputFile(descriptor: STDIN_FILENO, name: "standard input")
                : BackupInputFile(path: file),
            name: file
        )
        Output.print(
            "verified \(tally.records) records, written \(Timestamp.iso8601(header.createdAt)) by strongroom "
                + "\(header.program) from \(header.engine) at change \(header.position)"
        )
        Output.print("SHA-256 of the records \(tally.digestText)")
        for (kind, count) in tally.countsByKind.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            Output.print("\(kind.rawValue)\t\(count)")
        }
    }
}

/// A backup that an argument names.
enum BackupArgument {
    /// Reads it to the end; names it in the error.
    static func verify(
        _ source: any BackupSource,
        name: String
    ) throws(CommandFailure) -> (BackupHeader, RecordTally) {
        do throws(BackupError) {
            return try BackupReader.verify(source)
        } catch {
            throw failure(error, name: name)
        }
    }

    static func failure(_ error: BackupError, name: String) -> CommandFailure {
        // Errors of the file system name the file themselves.
        if case .file(let failure) = error { return CommandFailure("The backup cannot be read: \(failure)") }
        return CommandFailure("The backup \(name) cannot be used: \(error)")
    }
}
