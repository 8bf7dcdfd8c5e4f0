import AWSProtocol
import ArgumentParser
import Doors
import Foundation
import Server
import Trail

/// Verifies and reads the audit trail.
struct TrailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trail",
        abstract: "Verify and read the audit trail.",
        subcommands: [TrailVerify.self, TrailShow.self, TrailHeadCommand.self]
    )
}

/// Checks every record of the trail.
struct TrailVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that no record of the trail was changed, dropped or moved.",
        discussion: """
            The trail is checked with the signing key that the keyring gives. An auditor without the keyring
            gives --public-key, a copy of trail/public-key that was kept elsewhere.
            """
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "A file with the trail's public key, kept elsewhere.")
    var publicKey: String?

    @Option(help: "A file with a head published before, which the trail must hold.")
    var head: String?

    mutating func run() async throws {
        let key = try await trustedKey()
        let expected = try head.map { try TrailHead(TextFile.read($0)) }
        let settings = try await StoreSettings(try await options.settings())
        let directory = DataDirectory(settings.data).trail
        let report = try TrailVerifier.verify(directory: directory, publicKey: key, expectedHead: expected)
        guard report.trail != nil else {
            // A server begins every lane before it takes a request, so nothing at all means that all was lost.
            throw ValidationError("There is no trail in \(directory).")
        }
        Output.print(
            "verified \(report.events) events in \(report.segments) segments of \(report.lanes.count) lanes"
        )
        for lane in report.lanes where !lane.recovered.isEmpty {
            Output.print("sealed after a crash: \(lane.recovered.joined(separator: ", "))")
        }
    }

    private func trustedKey() async throws -> TrailPublicKey {
        guard let publicKey else {
            return try await options.withDeployment { try $0.trailSigner().publicKey }
        }
        guard let key = TrailPublicKey(pem: try TextFile.read(publicKey)) else {
            throw ValidationError("\(publicKey) does not hold a trail's public key.")
        }
        return key
    }
}

/// Prints the events of the trail.
struct TrailShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the trail's events, one JSON object a line, the oldest first.",
        discussion: "It does not verify them: that is the work of 'trail verify'."
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "Only events from this time on, such as 2026-11-21T04:39:49Z.")
    var from: Moment?

    @Option(help: "Only events up to this time.")
    var through: Moment?

    @Flag(help: "The newest first.")
    var newestFirst = false

    @Option(help: "So many events at most.")
    var limit: Int?

    mutating func run() async throws {
        let settings = try await StoreSettings(try await options.settings())
        let directory = DataDirectory(settings.data)
        guard directory.exists else { throw DeploymentError.missing(directory) }
        let cursor = try TrailReader(directory: directory.trail).events(
            newestFirst ? .newestFirst : .oldestFirst,
            from: from?.date,
            through: through?.date
        )
        var rest = limit ?? .max
        while rest > 0, let entry = try cursor.next() {
            Output.print(bytes: entry.json + [UInt8(ascii: "\n")])
            rest -= 1
        }
    }
}

/// Prints the head of the trail.
struct TrailHeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "head",
        abstract: "Verify the trail and print its head, signed, to be kept where the server cannot reach.",
        discussion: "'trail verify --head FILE' later finds records that were cut off."
    )

    @OptionGroup var options: StoreOptions

    mutating func run() async throws {
        let (signer, directory) = try await options.withDeployment { deployment in
            (try deployment.trailSigner(), deployment.directory)
        }
        let report = try TrailVerifier.verify(directory: directory.trail, publicKey: signer.publicKey)
        guard let head = try report.head(signedBy: signer, now: SystemTime.now()) else {
            throw ValidationError("The trail has no record yet.")
        }
        Output.print(head.description, terminator: "")
    }
}

/// A moment as an argument.
struct Moment: ExpressibleByArgument {
    let date: Date

    init?(argument: String) {
        guard let date = Timestamp.parseISO8601(argument) else { return nil }
        self.date = date
    }
}
