import ArgumentParser
import Foundation
import Glibc

/// Prints what a shell needs to complete the command line: `source <(kes --auto-completion)`.
enum Completion {
    private static let flags = ["--auto-completion", "--generate-completion-script"]

    /// Nil when the arguments ask for something else; then the code to exit with.
    static func answer(_ arguments: [String]) -> Int32? {
        guard let flag = arguments.first else { return nil }
        let parts = flag.split(separator: "=", maxSplits: 1).map(String.init)
        guard flags.contains(parts[0]), arguments.count <= 2 else { return nil }
        let named = parts.count == 2 ? parts[1] : arguments.dropFirst().first
        let login = ProcessInfo.processInfo.environment["SHELL"] ?? "bash"
        let name = named ?? String(login.split(separator: "/").last ?? "bash")
        guard let shell = CompletionShell(rawValue: name) else {
            Output.note("Error: there is no completion for '\(name)': name bash, zsh or fish")
            return 1
        }
        Output.print(KESCommand.completionScript(for: shell) + "\n")
        return 0
    }
}
