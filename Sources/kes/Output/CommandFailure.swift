/// Why a command did not do its work, as the sentence that the operator reads.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
