import AWSProtocol
import Cryptography
import Doors
import Foundation
import IAM
import KES
import KESServer
import KeyStores
import Logging
import Operations
import ServiceLifecycle

extension ServerProcess {
    /// The KES door with its key store opened, not listening yet; nil when it is off.
    func kesDoor() async throws(DoorError) -> KESServerProcess? {
        guard let kes = settings.kes else { return nil }
        let environment = ProcessInfo.processInfo.environment
        let now = now
        do {
            return try await KESServerProcess(
                KESServerProcess.Launch(
                    configuration: { try Self.configuration(of: kes, environment) },
                    keyStore: { [self] in try await keyStore($0, environment) },
                    version: Release.version,
                    address: kes.address,
                    certificate: { try ServerCertificate($0) },
                    verifiesClients: false,
                    host: EventLog.Host(
                        recorder: KESTrail(
                            writer: trail,
                            account: try await deployment.administration.defaultAccount()?.description ?? "",
                            region: settings.regions[0].description,
                            faults: faults
                        ),
                        note: { [logger] in Self.note($0, $1, $2, to: logger) }
                    )
                ),
                now: now
            )
        } catch {
            throw .service("The KES door: \(error)")
        }
    }

    private static func configuration(
        of kes: KESDoorSettings,
        _ environment: [String: String]
    ) throws -> KESConfiguration {
        guard let text = try? String(contentsOfFile: kes.configFile, encoding: .utf8) else {
            throw KESServerError("'\(kes.configFile)' cannot be read as a configuration file")
        }
        return try KESConfiguration.parse(text, environment: environment, host: .strongroom)
    }

    private func keyStore(
        _ settings: KeyStoreSettings,
        _ environment: [String: String]
    ) async throws -> HeldKeyStore {
        let opened = try await OpenKeyStore.open(settings, environment: environment, now: now) {
            _ throws(KeyStoreError) in
            let store = SealedKeyStore(
                deployment.store,
                summary: DeploymentKeys.summary(deployment.directory.path)
            ) { [kesRecords] onChange, _ in
                await kesRecords.follow(onChange)
            }
            // The store is the server's to close.
            return OpenKeyStore(store)
        }
        return HeldKeyStore(store: opened.store) { try await opened.close() }
    }

    private static func note(
        _ level: EventLog.Level,
        _ message: String,
        _ details: [(name: String, value: String)],
        to logger: Logger
    ) {
        let level: Logger.Level =
            switch level {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        var metadata: Logger.Metadata = ["door": "kes"]
        for (name, value) in details { metadata[name] = "\(value)" }
        logger.log(level: level, "\(message)", metadata: metadata)
    }
}
