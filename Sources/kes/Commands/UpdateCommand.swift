import ArgumentParser

/// Stands where KES had a command that replaced its own program.
struct UpdateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Not offered: programs are updated by whoever installed them.",
        shouldDisplay: false
    )

    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []

    mutating func run() throws {
        throw CommandFailure(
            "'kes update' is not offered: it would replace this program by a binary of KES, which is no longer "
                + "published. Update Strongroom the way it was installed"
        )
    }
}
