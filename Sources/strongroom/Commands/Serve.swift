import ArgumentParser
import Cryptography
import Doors
import Foundation
import IAM
import Logging
import Server
import Trail

/// Runs the server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the server.",
        discussion: """
            The first start makes the data directory, an account and its root credentials. Every flag can also
            be set by a variable (STRONGROOM_AWS_ADDRESS for --aws-address) or in the YAML file of --config;
            flags win over variables, and variables over the file.
            """
    )

    @OptionGroup var options: StoreOptions

    @Option(help: "Where the AWS door listens, HOST:PORT. (default: 127.0.0.1:7370)")
    var awsAddress: String?

    @Option(
        help:
            "Where the KES door listens, HOST:PORT or off. (default: as its configuration says, 127.0.0.1:7373)"
    )
    var kesAddress: String?

    @Option(
        help: "KES's config.yml, with clients' identities and policies: opens the KES door. (default: none)"
    )
    var kesConfig: String?

    @Option(help: "Where /metrics, /healthz and /readyz are, HOST:PORT or off. (default: 127.0.0.1:7378)")
    var consoleAddress: String?

    @Option(help: "The number of the first account. (default: a random one)")
    var account: String?

    @Option(help: "The Regions served, separated by commas, the default one first. (default: us-east-1)")
    var regions: String?

    @Option(name: .customLong("tls-certificate"), help: "A PEM file with the doors' certificate chain.")
    var tlsCertificate: String?

    @Option(name: .customLong("tls-key"), help: "A PEM file with the certificate's private key.")
    var tlsKey: String?

    @Option(help: "When an audit event is safe enough: operating-system or disk. (default: operating-system)")
    var auditDurability: String?

    @Option(help: "Connections each door takes at a time. (default: 10000)")
    var connectionsMax: String?

    @Option(help: "How lines of the log look: text or json. (default: text)")
    var logFormat: String?

    @Option(
        help: "The least level that is logged: trace, debug, info, notice, warning, error. (default: info)"
    )
    var logLevel: String?

    @Option(help: "Seconds to go on serving after SIGTERM while /readyz says no. (default: 0)")
    var drainSeconds: String?

    @Option(help: "Connections to a PostgreSQL store at a time. (default: 8)")
    var storeConnectionsMax: String?

    @Option(
        help: "Seconds for which what is in memory is used while the store is out of reach. (default: 300)"
    )
    var storeOutageMax: String?

    @Option(help: "A PEM file with certificate authorities of identity providers, beside the system's.")
    var oidcCaFile: String?

    @Option(help: "Identity providers, as HOST:PORT, that may be called without TLS and on this machine.")
    var oidcInsecureHosts: String?

    @Option(help: "The AWS door's address for receivers of notifications. (default: where it listens)")
    var snsPublicUrl: String?

    @Flag(name: .customLong("sns-allow-loopback"), help: "Let notifications go to addresses of this machine.")
    var snsAllowLoopback = false

    @Flag(help: "Keep the memory of the process, and the keys in it, from being swapped out.")
    var mlock = false

    @Flag(help: "Let doors without TLS be reached from other machines.")
    var insecure = false

    mutating func run() async throws {
        let settings = try await ServeSettings(try await options.settings(flags))
        let logger = Logger(settings.log, now: SystemTime.now)
        for failure in ProcessHardening.apply() { logger.warning("\(failure)") }
        if settings.locksMemory { try ProcessHardening.lockMemory() }
        let server = try await ServerProcess(
            settings,
            supervisor: ProcessInfo.processInfo.environment["NOTIFY_SOCKET"].flatMap(ServiceManager.init),
            logger: logger,
            now: { SystemTime.now() }
        )
        announce(server, to: logger)
        try await server.run()
        logger.notice("stopped")
    }

    private var flags: [String: String?] {
        [
            "aws-address": awsAddress, "kes-address": kesAddress, "kes-config": kesConfig,
            "console-address": consoleAddress,
            "account": account, "regions": regions, "tls-certificate": tlsCertificate, "tls-key": tlsKey,
            "audit-durability": auditDurability, "connections-max": connectionsMax,
            "log-format": logFormat, "log-level": logLevel, "drain-seconds": drainSeconds,
            "store-connections-max": storeConnectionsMax, "store-outage-max": storeOutageMax,
            "oidc-ca-file": oidcCaFile, "oidc-insecure-hosts": oidcInsecureHosts,
            "sns-public-url": snsPublicUrl, "sns-allow-loopback": snsAllowLoopback ? "true" : nil,
            "insecure": insecure ? "true" : nil, "mlock": mlock ? "true" : nil,
        ]
    }

    private func announce(_ server: ServerProcess, to logger: Logger) {
        let deployment = server.deployment
        for note in deployment.notes { logger.notice("\(note)") }
        if deployment.seal.isBesideData {
            logger.warning(
                """
                the seal's key \(deployment.seal.keyFile ?? "") lies beside the data it opens: \
                keep it elsewhere and name it with --seal-key
                """
            )
        }
        for recovery in server.recoveries {
            logger.warning(
                """
                the audit trail was not closed: \(recovery.file) was \(recovery.isSealed ? "sealed" : "removed"), \
                \(recovery.tornBytes) bytes of an unfinished record were dropped
                """
            )
        }
        guard let issued = server.issued else { return }
        let profile = CredentialsFile.profile("default", issued)
        let path = deployment.directory.credentialsFile
        // The one time that a secret is shown, and only to who looks: all else that reads the output is a log.
        guard Output.isTerminal else {
            Output.print("# Root credentials of account \(issued.owner.account) are in \(path).")
            return
        }
        profile.exposingSecret {
            Output.print(
                "# Root credentials of account \(issued.owner.account), also in \(path); shown once.\n\($0)"
            )
        }
    }
}
