package import Doors

/// The KES door, as `strongroom serve` is told of it.
package struct KESDoorSettings: Hashable, Sendable {
    /// KES's `config.yml`.
    package var configFile: String
    /// Nil for where the file says, or port 7373 of this machine.
    package var address: DoorAddress?

    package init(configFile: String, address: DoorAddress? = nil) {
        self.configFile = configFile
        self.address = address
    }

    /// Nil when the door is off, as it is without a file that says who may do what.
    init?(_ settings: SettingsReader) async throws(SettingsError) {
        let address = try await settings.text("kes-address")
        guard address != "off" else { return nil }
        let file = try await settings.text("kes-config")
        guard let file else {
            guard address == nil else {
                throw .unsupported("kes-address needs kes-config: the file that says who may do what there.")
            }
            return nil
        }
        configFile = file
        self.address = try await settings.value("kes-address", expected: "HOST:PORT or off") {
            DoorAddress($0)
        }
    }
}
