import ArgumentParser

/// Measures cryptographic primitives on one thread: the libraries alone, and behind the project's own types.
struct LibraryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "library",
        abstract: "Measure primitives on one core, bare and behind the Cryptography module; prints JSON.",
        discussion: "Times are CPU time of the thread, so that what else runs on the machine counts little."
    )

    @Option(help: "Seconds for each measurement.")
    var seconds = 0.4

    func validate() throws {
        guard seconds > 0 else { throw ValidationError("--seconds must be over 0") }
    }

    func run() throws {
        try JSONOutput.write(
            try LibcryptoSpeeds.measure(seconds)
                + SwiftCryptoSpeeds.measure(seconds)
                + ModuleSpeeds.measure(seconds)
        )
    }
}

/// The cost of one primitive.
struct Speed: Encodable {
    let primitive: String
    /// Who did it: `libcrypto`, `swift-crypto` or `Cryptography`.
    let implementation: String
    /// CPU microseconds each: of the middle batch, and of the fastest.
    let microseconds: Double
    let best: Double
}
