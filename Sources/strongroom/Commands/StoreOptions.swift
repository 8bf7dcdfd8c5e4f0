import ArgumentParser
import Doors
import Foundation
import Server
import Storage

/// The options of every command that opens a deployment's data.
struct StoreOptions: ParsableArguments {
    @Option(help: "The data directory. (default: ./strongroom-data)")
    var data: String?

    @Option(help: "A YAML file with settings named as the flags.")
    var config: String?

    @Option(help: "The store of the records: sqlite, or postgres://USER@HOST/DATABASE. (default: sqlite)")
    var store: String?

    @OptionGroup(title: "Seal options") var seal: SealOptions

    /// The settings with these options, and further flags, on top.
    func settings(_ flags: [String: String?] = [:]) async throws(SettingsError) -> SettingsReader {
        // Before anything else reads the environment.
        _ = EnvironmentSecrets.ofProcess
        let own = seal.flags.merging(["data": data, "store": store]) { seal, _ in seal }
        return try await SettingsReader(
            flags: own.merging(flags) { own, _ in own }.compactMapValues { $0 },
            environment: ProcessInfo.processInfo.environment,
            configFile: config
        )
    }

    /// Gives the deployment these options name, which must be there, to `body`, and closes its store after.
    func withDeployment<Value>(_ body: (Deployment) async throws -> Value) async throws -> Value {
        let settings = try await StoreSettings(try await settings())
        let deployment = try await Deployment.open(settings, creating: false, now: SystemTime.now())
        do {
            for note in deployment.notes { Output.note(note) }
            let value = try await body(deployment)
            await deployment.store.close()
            return value
        } catch {
            await deployment.store.close()
            throw error
        }
    }

    /// Gives the deployment with its keyring still sealed to `body`, and closes its store after.
    func withSealedDeployment<Value>(
        _ settings: StoreSettings,
        _ body: (SealedDeployment) async throws -> Value
    ) async throws -> Value {
        let deployment = try await SealedDeployment.open(settings, creating: false)
        do {
            for note in deployment.notes { Output.note(note) }
            let value = try await body(deployment)
            await deployment.store.close()
            return value
        } catch {
            await deployment.store.close()
            throw error
        }
    }
}
