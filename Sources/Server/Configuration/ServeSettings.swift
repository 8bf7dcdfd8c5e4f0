package import AWSProtocol
package import Doors
package import Trail

/// What `strongroom serve` is told.
package struct ServeSettings: Sendable {
    package var store: StoreSettings
    package var awsAddress: DoorAddress
    /// Nil when the console door is off.
    package var consoleAddress: DoorAddress?
    /// Nil when the KES door is off.
    package var kes: KESDoorSettings?
    package var tls: DoorTLS?
    /// The account of the first start; nil for a random one.
    package var account: AccountID?
    /// The Regions served, the default one first.
    package var regions: [Region]
    package var auditDurability: TrailDurability
    /// Whether the process's memory is kept from being swapped out.
    package var locksMemory: Bool
    package var limits = DoorLimits()
    package var log = LogSettings()
    package var notifications = NotificationSettings()
    package var federation = FederationSettings()
    /// How long the doors go on serving after the order to stop, while `/readyz` says no, in seconds.
    package var drainSeconds = 0

    /// A balancer that has not noticed in an hour does not look.
    package static let drainSecondsMax = 3600

    /// - Throws: For values that are not understood, doors that this version does not have, and a door that
    ///   others could reach without TLS.
    package init(_ settings: SettingsReader) async throws(SettingsError) {
        store = try await StoreSettings(settings)
        account = try await settings.value("account", expected: "an account number of 12 digits") {
            AccountID($0)
        }
        regions = try await Self.regions(settings)
        auditDurability =
            try await settings.value("audit-durability", expected: "operating-system or disk") {
                ["operating-system": .operatingSystem, "disk": .disk][$0]
            } ?? .operatingSystem
        locksMemory = try await settings.flag("mlock")
        tls = try await Self.tls(settings)
        let aws = try await Self.address(settings, "aws-address", default: "127.0.0.1:7370")
        guard let aws else { throw .invalid("aws-address", expected: "HOST:PORT") }
        awsAddress = aws
        consoleAddress = try await Self.address(settings, "console-address", default: "127.0.0.1:7378")
        kes = try await KESDoorSettings(settings)
        let connections = try await settings.value("connections-max", expected: "a positive number") {
            Int($0).flatMap { $0 > 0 ? $0 : nil }
        }
        if let connections { limits.connectionsMax = connections }
        log = try await LogSettings(settings)
        notifications = try await NotificationSettings(settings)
        federation = try await FederationSettings(settings)
        drainSeconds =
            try await settings.value("drain-seconds", expected: "a number from 0 to \(Self.drainSecondsMax)")
        {
            Int($0).flatMap { (0...Self.drainSecondsMax).contains($0) ? $0 : nil }
        } ?? 0
        try await requireProtection(settings)
    }

    private func requireProtection(_ settings: SettingsReader) async throws(SettingsError) {
        guard try await !settings.flag("insecure"), tls == nil else { return }
        for (name, address) in [("aws-address", awsAddress), ("console-address", consoleAddress)] {
            guard let address, !address.isLoopback else { continue }
            throw .unsupported(
                "\(name) can be reached from other machines: give tls-certificate and tls-key, "
                    + "or say --insecure when something in front of it speaks TLS."
            )
        }
    }

    package static func regions(_ settings: SettingsReader) async throws(SettingsError) -> [Region] {
        let names = try await settings.list("regions") ?? ["us-east-1"]
        let regions = names.compactMap { Region($0) }
        guard !regions.isEmpty, regions.count == names.count, Set(regions).count == regions.count else {
            throw .invalid("regions", expected: "different names of Regions, such as us-east-1,eu-west-1")
        }
        return regions
    }

    private static func address(
        _ settings: SettingsReader,
        _ name: String,
        default standard: String
    ) async throws(SettingsError) -> DoorAddress? {
        let text = try await settings.text(name) ?? standard
        if text == "off" { return nil }
        guard let address = DoorAddress(text) else { throw .invalid(name, expected: "HOST:PORT or off") }
        return address
    }

    private static func tls(_ settings: SettingsReader) async throws(SettingsError) -> DoorTLS? {
        let certificate = try await settings.text("tls-certificate")
        let key = try await settings.text("tls-key")
        switch (certificate, key) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            do throws(DoorError) {
                return try DoorTLS(certificateFile: certificate, keyFile: key)
            } catch {
                throw .unsupported(error.description)
            }
        default: throw .unsupported("tls-certificate and tls-key must be given together.")
        }
    }
}
