import ArgumentParser
import Cryptography
import Doors
import Foundation
import KES
import KESServer
import Server

/// Runs a key server.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "server", abstract: "Run a key server.")

    @Option(help: "Where to listen, HOST:PORT. (default: as the configuration says, or 0.0.0.0:7373)")
    var addr: String?

    @Option(help: "The configuration file.")
    var config: String?

    @Option(help: "The server's private key, instead of the configuration's.")
    var key: String?

    @Option(help: "The server's certificate, instead of the configuration's.")
    var cert: String?

    @Option(
        help: "Whether clients' certificates are verified where the configuration does not say: on or off."
    )
    var auth: String?

    @Flag(
        help: "Keep the memory of the process, and the keys in it, from being swapped out, or do not start."
    )
    var mlock = false

    @Flag(help: "Try it out: keys in memory only, a certificate and an admin made for this run.")
    var dev = false

    mutating func run() async throws {
        // Before anything else reads the environment.
        _ = EnvironmentSecrets.ofProcess
        let hardening = ProcessHardening.apply()
        let isLocked = try lockMemory()
        let development = dev ? try Development() : nil
        let server = try await KESServerProcess(try launch(development), now: { SystemTime.now() })
        for failure in hardening { server.log.note(.warning, failure) }
        let door = try await server.open()
        Banner.show(server, at: door.address, isLocked: isLocked, development: development)
        await ServerLife.run(server)
        await door.close()
        server.end()
    }

    private func launch(_ development: Development?) throws -> KESServerProcess.Launch {
        guard auth == nil || ["on", "off"].contains(auth) else {
            throw ValidationError("--auth is 'on' or 'off'.")
        }
        let address = try addr.map { text in
            guard let address = DoorAddress(text.hasPrefix(":") ? "0.0.0.0\(text)" : text) else {
                throw ValidationError("'\(text)' is no address such as 0.0.0.0:7373.")
            }
            return address
        }
        if let development {
            guard config == nil else { throw ValidationError("--dev takes no --config.") }
            return development.launch(address)
        }
        guard let config else {
            throw ValidationError(
                "Name a configuration file with --config, or try the server out with --dev."
            )
        }
        let (key, cert) = (key, cert)
        return KESServerProcess.Launch(
            configuration: { try ConfigurationFile.read(config) },
            keyStore: { try await KeyStoreOpening.hold($0) },
            version: Release.version,
            address: address,
            certificate: { try ServerCertificate($0, certificateFile: cert, keyFile: key) },
            verifiesClients: auth == "on"
        )
    }

    /// Locks the memory where it may be locked; only with --mlock is it an error when it may not.
    private func lockMemory() throws -> Bool {
        do {
            try ProcessHardening.lockMemory()
            return true
        } catch {
            guard !mlock else { throw error }
            return false
        }
    }
}

/// The file that --config names.
enum ConfigurationFile {
    static func read(_ path: String) throws -> KESConfiguration {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandFailure("'\(path)' cannot be read as a configuration file")
        }
        return try KESConfiguration.parse(text, environment: ProcessInfo.processInfo.environment)
    }
}
