import AWSProtocol
import Cryptography
import Doors
import Foundation
import Storage
import Testing
import Trail

@testable import Server

@Suite("Settings")
struct SettingsTests {
    private func settings(
        _ flags: [String: String] = [:],
        environment: [String: String] = [:],
        yaml: String? = nil
    ) async throws -> SettingsReader {
        guard let yaml else {
            return try await SettingsReader(flags: flags, environment: environment, configFile: nil)
        }
        let path = FileManager.default.temporaryDirectory.path + "/settings-\(EventID.random()).yaml"
        try yaml.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await SettingsReader(flags: flags, environment: environment, configFile: path)
    }

    @Test func `nothing set gives the embedded default`() async throws {
        let serve = try await ServeSettings(try await settings())
        #expect(serve.store.data == "./strongroom-data")
        #expect(serve.awsAddress == DoorAddress("127.0.0.1:7370"))
        #expect(serve.consoleAddress == DoorAddress("127.0.0.1:7378"))
        #expect(serve.regions.map(\.description) == ["us-east-1"])
        #expect(serve.account == nil)
        #expect(serve.tls == nil)
        #expect(serve.auditDurability == .operatingSystem)
    }

    @Test func `a database's address comes from any source and is never shown`() async throws {
        let url = "postgresql://anna:hunter2@db.example:5432/keys?sslmode=verify-full"
        for reader in [
            try await settings(["store": url]),
            try await settings(environment: ["STRONGROOM_STORE": url]),
            try await settings(yaml: "store: \(url)\nstore-outage-max: 20\n"),
        ] {
            let store = try await StoreSettings(reader)
            guard case .postgresql(let address) = store.location else {
                Issue.record("the store is \(store.location)")
                continue
            }
            #expect(address.description == "postgresql://db.example:5432/keys")
            #expect(!String(reflecting: store).contains("hunter2"))
        }
        let plain = try await StoreSettings(try await settings())
        guard case .sqlite = plain.location else {
            Issue.record("the default is not SQLite")
            return
        }
        #expect(plain.outageMax == .seconds(300) && plain.connectionsMax == 8)
    }

    @Test func `flags win over variables and variables over the file`() async throws {
        let yaml =
            "data: file\nregions: [eu-west-1, us-east-1]\naws-address: 127.0.0.1:1\naccount: 123456789012\n"
        let environment = ["STRONGROOM_DATA": "variable", "STRONGROOM_AWS_ADDRESS": "127.0.0.1:2"]
        let serve = try await ServeSettings(
            try await settings(["data": "flag"], environment: environment, yaml: yaml)
        )
        #expect(serve.store.data == "flag")
        #expect(serve.awsAddress.port == 2)
        #expect(serve.regions.map(\.description) == ["eu-west-1", "us-east-1"])
        #expect(serve.account?.description == "123456789012")
    }

    @Test(arguments: ["us-east-1,eu-west-1", " us-east-1 , eu-west-1 "])
    func `Regions may stand in one text`(text: String) async throws {
        let serve = try await ServeSettings(try await settings(["regions": text]))
        #expect(serve.regions.map(\.description) == ["us-east-1", "eu-west-1"])
        let fromFile = try await ServeSettings(try await settings(yaml: "regions: \"\(text)\""))
        #expect(fromFile.regions == serve.regions)
    }

    @Test func `the KES door opens with a file that says who may do what`() async throws {
        let file = try await ServeSettings(try await settings(["kes-config": "kes.yml"]))
        #expect(file.kes == KESDoorSettings(configFile: "kes.yml"))
        let both = ["kes-config": "kes.yml", "kes-address": "[::1]:7373"]
        let serve = try await ServeSettings(try await settings(both))
        #expect(serve.kes?.address == DoorAddress("[::1]:7373"))
        for off in [["kes-config": "kes.yml", "kes-address": "off"], ["kes-address": "off"], [:]] {
            #expect(try await ServeSettings(try await settings(off)).kes == nil)
        }
        let wrong = try await settings(["kes-config": "kes.yml", "kes-address": "7373"])
        await #expect(throws: SettingsError.self) { try await ServeSettings(wrong) }
    }

    @Test(arguments: [
        ("aws-address", "7370"), ("aws-address", "off"), ("aws-address", "host:70000"),
        ("console-address", "nowhere"), ("kes-address", "127.0.0.1:7373"), ("regions", ""),
        ("regions", "us-east-1,us-east-1"), ("regions", "moon"), ("account", "12"), ("store", "mysql"),
        ("store", "postgres://user:hunter2@db/keys?nosuch=hunter2"), ("store-outage-max", "0"),
        ("store-connections-max", "2"), ("data", ""), ("audit-durability", "never"),
        ("insecure", "maybe"), ("tls-key", "key.pem"), ("connections-max", "0"),
    ])
    func `a value that is not understood is refused in a sentence without it`(
        name: String,
        value: String
    ) async throws {
        let reader = try await settings([name: value])
        do {
            _ = try await ServeSettings(reader)
            Issue.record("\(name)=\(value) was accepted")
        } catch {
            #expect(error.description.hasSuffix("."))
            #expect(!error.description.contains("hunter2"))
        }
    }

    @Test(arguments: ["aws-address", "console-address"])
    func `a door that others can reach needs TLS or the word for having none`(name: String) async throws {
        await #expect(throws: SettingsError.self) {
            _ = try await ServeSettings(try await settings([name: "0.0.0.0:7370"]))
        }
        let insecure = ["insecure": "true", name: "0.0.0.0:7370"]
        _ = try await ServeSettings(try await settings(insecure))
    }

    @Test func `a seal is set by flags, variables and file, and another one with a prefix`() async throws {
        let standard = try await StoreSettings(try await settings(["seal-key": "/mnt/key"]))
        #expect(standard.seal == .file(path: "/mnt/key"))
        let yaml = """
            seal: pkcs11
            seal-pkcs11-module: /lib/hsm.so
            seal-pkcs11-token: vault
            to-seal: passphrase
            """
        let reader = try await settings(environment: ["STRONGROOM_TO_SEAL_PASSPHRASE_FD": "7"], yaml: yaml)
        guard case .pkcs11(let place, let pin) = try await SealSettings(reader) else {
            Issue.record("not pkcs11")
            return
        }
        #expect(place == .init(module: "/lib/hsm.so", tokenLabel: "vault", keyLabel: "strongroom"))
        #expect(pin.variable == "STRONGROOM_SEAL_PKCS11_PIN" && pin.descriptor == nil)
        guard case .passphrase(let source) = try await SealSettings(reader, prefix: "to-") else {
            Issue.record("not passphrase")
            return
        }
        #expect(source.variable == "STRONGROOM_TO_SEAL_PASSPHRASE" && source.descriptor == 7)
    }

    @Test(arguments: [
        ["seal": "tpm"], ["seal-passphrase-fd": "3"], ["seal-kms-key": "alias/a"],
        ["seal": "passphrase", "seal-passphrase-fd": "-1"],
        ["seal": "passphrase", "seal-passphrase-fd": "x"],
        ["seal": "pkcs11", "seal-pkcs11-module": "/lib/a.so"], ["seal": "pkcs11", "seal-pkcs11-token": "a"],
        ["seal": "kms"], ["seal": "kms", "seal-kms-key": "alias/a"],
        ["seal": "kms", "seal-kms-key": "alias/a", "seal-kms-region": "moon"],
        [
            "seal": "kms", "seal-kms-key": "alias/a", "seal-kms-region": "eu-west-1",
            "seal-kms-endpoint": "a:1",
        ],
    ])
    func `a seal that is not known or lacks something is refused`(flags: [String: String]) async throws {
        await #expect(throws: SettingsError.self) { _ = try await StoreSettings(try await settings(flags)) }
    }

    @Test func `a file that is missing or no mapping is refused`() async throws {
        await #expect(throws: SettingsError.self) {
            _ = try await SettingsReader(flags: [:], environment: [:], configFile: "/nowhere/at/all.yaml")
        }
        await #expect(throws: SettingsError.self) { _ = try await settings(yaml: "- a\n- b\n") }
    }

    @Test(arguments: [
        ("127.0.0.1:7370", true), ("localhost:0", true), ("[::1]:7370", true), ("127.9.9.9:1", true),
        ("0.0.0.0:7370", false), ("[::]:7370", false), ("10.0.0.1:7370", false),
        ("127.evil.example:80", false),
    ])
    func `an address knows whether others can reach it`(text: String, isLoopback: Bool) throws {
        #expect(try #require(DoorAddress(text)).isLoopback == isLoopback)
    }

    @Test(arguments: ["", ":", "host:", ":80", "host", "host:-1", "host:65536", "::1:80", "host:80a"])
    func `text that is no address is refused`(text: String) {
        #expect(DoorAddress(text) == nil)
    }
}
