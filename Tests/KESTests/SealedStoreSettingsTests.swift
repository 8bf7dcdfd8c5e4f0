import KES
import Testing

@Suite("keystore.strongroom of config.yml")
struct SealedStoreSettingsTests {
    private func parse(
        _ store: String,
        _ host: SealedStoreSettings.Host = .standAlone
    ) throws(KESConfigurationError) -> KESConfiguration {
        try KESConfiguration.parse(KESConfigurationTests.least + store, environment: [:], host: host)
    }

    private func settings(_ configuration: KESConfiguration) -> SealedStoreSettings? {
        guard case .sealed(let settings) = configuration.keyStore else { return nil }
        return settings
    }

    @Test func `names a deployment as serve's flags do`() throws {
        let read = try parse(
            "keystore: { strongroom: { path: ./data, store: sqlite, seal: kms, seal-kms-key: alias/x } }"
        )
        #expect(
            settings(read)
                == .deployment(
                    .init(settings: [
                        "data": "./data", "store": "sqlite", "seal": "kms", "seal-kms-key": "alias/x",
                    ])
                )
        )
        #expect(read.warnings.isEmpty && read.address == .standard)
    }

    @Test func `warns of what is no setting`() throws {
        let read = try parse("keystore: { strongroom: { path: a, seal-passphrase: secret } }")
        #expect(read.warnings.count == 1 && read.warnings[0].contains("seal-passphrase' is not a setting"))
        #expect(!read.warnings[0].contains("secret'"))
    }

    @Test(arguments: ["", "keystore: { strongroom: {} }", "keystore:\n  strongroom:\n"])
    func `is the server's own at its door`(_ store: String) throws {
        let read = try parse(store, .strongroom)
        #expect(settings(read) == .own && read.warnings.isEmpty, "\(read.warnings)")
        #expect(read.address == .ofThisMachine)
    }

    @Test func `leaves the door another store where one is named`() throws {
        guard case .files("keys") = try parse("keystore: { fs: { path: keys } }", .strongroom).keyStore else {
            Issue.record("it was not taken")
            return
        }
    }

    @Test(arguments: [
        (
            "keystore: { strongroom: {} }", SealedStoreSettings.Host.standAlone,
            "kesconf: 'keystore.strongroom.path' is not set"
        ),
        (
            "keystore: { strongroom: { path: a } }", .strongroom,
            "kesconf: line 6: 'keystore.strongroom' names a store, which is for 'kes server': this server keeps "
                + "keys in its own"
        ),
    ])
    func `is refused with one clear line`(
        _ store: String,
        _ host: SealedStoreSettings.Host,
        _ message: String
    ) {
        do throws(KESConfigurationError) {
            _ = try parse(store, host)
            Issue.record("it was taken")
        } catch {
            #expect("\(error)" == message)
        }
    }
}
