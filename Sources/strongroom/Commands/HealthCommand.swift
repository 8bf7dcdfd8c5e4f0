import ArgumentParser
import Doors
import Foundation
import Server

/// Asks a running server how it is.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Ask a running server whether it can serve requests; exits 0 if so.",
        discussion:
            "It asks /readyz, or /healthz with --alive, at the address where the server's console listens."
    )

    @Option(
        help: "The console door, HOST:PORT. (default: console-address of the settings, or 127.0.0.1:7378)"
    )
    var address: String?

    @Option(help: "A YAML file with settings named as the flags of 'serve'.")
    var config: String?

    @Flag(help: "Ask only whether the process answers.")
    var alive = false

    @Flag(help: "Speak TLS. (default: if the settings have tls-certificate)")
    var tls = false

    mutating func run() async throws {
        let settings = try await SettingsReader(
            flags: ["console-address": address].compactMapValues { $0 },
            environment: ProcessInfo.processInfo.environment,
            configFile: config
        )
        let text = try await settings.text("console-address") ?? "127.0.0.1:7378"
        guard let address = DoorAddress(text) else {
            throw ValidationError("'\(text)' is no address of a console door.")
        }
        let hasCertificate = try await settings.text("tls-certificate") != nil
        let answer = try await HealthCheck.ask(
            alive ? .alive : .ready,
            at: address,
            tls: tls || hasCertificate
        )
        Output.print(answer)
    }
}
