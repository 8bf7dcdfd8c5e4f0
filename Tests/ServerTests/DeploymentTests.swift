import AWSProtocol
import Cryptography
import Foundation
import IAM
import Storage
import Testing
import Trail

@testable import Server

/// A directory that is there for one test.
private final class Folder: Sendable {
    let path = FileManager.default.temporaryDirectory.path + "/deployment-\(EventID.random())"

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + name)
        return try #require(attributes[.posixPermissions] as? Int)
    }
}

@Suite("Deployment")
struct DeploymentTests {
    private let now = Date(timeIntervalSince1970: 1_795_000_000)
    private let folder = Folder()

    private func open(creating: Bool) async throws -> Deployment {
        try await Deployment.open(StoreSettings(data: folder.path), creating: creating, now: now)
    }

    /// The store without its seal.
    private func base() throws -> SQLiteStore { try SQLiteStore(path: folder.path + "/strongroom.sqlite") }

    private func changeKeyring(_ change: (inout [UInt8]) -> Void) async throws {
        let store = try base()
        var bytes = try #require(try await store.read(KeyringRecord.key)).value
        change(&bytes)
        _ = try await store.commit([.put(KeyringRecord.key, bytes, expecting: .any)])
        await store.close()
    }

    @Test func `the first start makes everything for its owner alone, and a later one finds it`() async throws
    {
        let first = try await open(creating: true)
        _ = try await first.store.commit([.put(RecordKey(RecordKind("test"), "a"), [1], expecting: .absent)])
        await first.store.close()
        #expect(try folder.mode("") == 0o700)
        for file in ["/seal.key", "/strongroom.sqlite"] {
            #expect(try folder.mode(file) == 0o600, "\(file)")
        }
        let second = try await open(creating: false)
        #expect(try await second.store.read(RecordKey(RecordKind("test"), "a"))?.value == [1])
        #expect(try second.trailSigner().publicKey == first.trailSigner().publicKey)
        await second.store.close()
    }

    @Test func `a command does not make a deployment where there is none`() async throws {
        await #expect(throws: DeploymentError.self) { _ = try await open(creating: false) }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test func `a start that ended before the keyring was written goes on with its seal key`() async throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        _ = try FileSeal.create(keyFile: folder.path + "/seal.key")
        let deployment = try await open(creating: true)
        await deployment.store.close()
    }

    @Test func `a store without its keyring is never given a new one`() async throws {
        await (try await open(creating: true)).store.close()
        let store = try base()
        _ = try await store.commit([.delete(KeyringRecord.key, expecting: .any)])
        await store.close()
        for creating in [true, false] {
            let error = await #expect(throws: DeploymentError.self) { _ = try await open(creating: creating) }
            #expect(error?.description.contains("seal.keyring/root") == true)
        }
    }

    @Test func `a damaged keyring stops the start in a sentence that names its record`() async throws {
        await (try await open(creating: true)).store.close()
        for place in [0, 40, 100, 200] {
            try await changeKeyring { $0[$0.count - 1 - place] ^= 4 }
            let error = await #expect(throws: DeploymentError.self) { _ = try await open(creating: true) }
            #expect(error?.description.contains("seal.keyring/root") == true)
            try await changeKeyring { $0[$0.count - 1 - place] ^= 4 }
        }
        await (try await open(creating: false)).store.close()
    }

    @Test func `a damaged or missing seal key stops the start in a sentence that names it`() async throws {
        await (try await open(creating: true)).store.close()
        let path = folder.path + "/seal.key"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        await #expect(throws: DeploymentError.self) { _ = try await open(creating: true) }
        try FileManager.default.removeItem(atPath: path)
        let error = await #expect(throws: DeploymentError.self) { _ = try await open(creating: true) }
        #expect(error?.description.contains("seal.key") == true)
        #expect(!FileManager.default.fileExists(atPath: path), "a seal key is never made for an old keyring")
    }

    @Test func `the keyring file of an earlier release becomes a record`() async throws {
        let first = try await open(creating: true)
        _ = try await first.store.commit([.put(RecordKey(RecordKind("test"), "a"), [1], expecting: .absent)])
        await first.store.close()
        let store = try base()
        let keyring = try #require(try await store.read(KeyringRecord.key)).value
        let path = folder.path + "/keyring"
        let adopted = { (deployment: Deployment) async throws in
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(try await deployment.store.read(RecordKey(RecordKind("test"), "a"))?.value == [1])
            #expect(deployment.notes.count == 1)
            await deployment.store.close()
        }
        _ = try await store.commit([.delete(KeyringRecord.key, expecting: .any)])
        await store.close()
        try Data(keyring).write(to: URL(fileURLWithPath: path))
        try await adopted(try await open(creating: false))
        // The crash came between the record and the removal.
        try Data(keyring).write(to: URL(fileURLWithPath: path))
        try await adopted(try await open(creating: true))
    }

    @Test func `a keyring file that is not the record's is left alone, and a damaged one named`() async throws
    {
        await (try await open(creating: true)).store.close()
        let seal = try FileSeal(keyFile: folder.path + "/seal.key")
        let path = folder.path + "/keyring"
        let bytes = try await SealedKeyring(.generate(now: now), sealedBy: seal).encoded()
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let deployment = try await open(creating: true)
        #expect(deployment.notes.first?.contains("is not used") == true)
        await deployment.store.close()
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes))
        try Data(bytes.dropLast(9)).write(to: URL(fileURLWithPath: path))
        let error = await #expect(throws: DeploymentError.self) { _ = try await open(creating: true) }
        #expect(error?.description.contains(path) == true)
    }

    @Test func `of two first starts at once both have the same keyring`() async throws {
        for _ in 0..<8 {
            let folder = Folder()
            let settings = StoreSettings(data: folder.path)
            // As two nodes find a database: its tables are there, and nothing in them.
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            await (try SQLiteStore(path: folder.path + "/strongroom.sqlite")).close()
            async let left = Deployment.open(settings, creating: true, now: now)
            async let right = Deployment.open(settings, creating: true, now: now)
            let (one, other) = (try await left, try await right)
            #expect(one.keyring.isContained(in: other.keyring))
            await one.store.close()
            await other.store.close()
        }
    }

    @Test func `a seal key that others may read is refused`() async throws {
        await (try await open(creating: true)).store.close()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o640],
            ofItemAtPath: folder.path + "/seal.key"
        )
        await #expect(throws: DeploymentError.self) { _ = try await open(creating: true) }
    }

    @Test func `the credentials file holds the root key as the default profile, for its owner alone`()
        async throws
    {
        let deployment = try await open(creating: true)
        let path = deployment.directory.credentialsFile
        let region = try #require(Region("eu-west-1"))
        let outcome = try await Bootstrap.run(deployment.administration, account: nil, at: now) {
            key throws(IAMError) in
            try CredentialsFile.write(key, region: region, to: path)
        } withdraw: { _ in
        }
        await deployment.store.close()
        let issued = try #require(outcome.issued)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let secret = issued.secret.exposingSecret { $0 }
        #expect(
            text == """
                # Root credentials of account \(outcome.account). Region: eu-west-1
                [default]
                aws_access_key_id = \(issued.id)
                aws_secret_access_key = \(secret)

                """
        )
        #expect(try folder.mode("/credentials") == 0o600)
    }
}

@Suite("Change follower")
struct ChangeFollowerTests {
    @Test func `hands on each change once, in order, and none from before`() async throws {
        let store = MemoryStore()
        let kind = RecordKind("test")
        _ = try await store.commit([.put(RecordKey(kind, "before"), [], expecting: .any)])
        let seen = Seen()
        let follower = try await ChangeFollower(store: store) { seen.note($0.key) }
        for number in 0..<2500 {
            _ = try await store.commit([.put(RecordKey(kind, "\(number)"), [], expecting: .any)])
        }
        _ = try await store.commit([.delete(RecordKey(kind, "7"), expecting: .any)])
        #expect(try await follower.follow() == 2501)
        #expect(seen.all == (0..<2500).map(String.init) + ["7"])
        #expect(try await follower.follow() == 0)
    }

    @Test func `says when changes were missed`() async throws {
        let store = MemoryStore(changesKept: 10)
        let seen = Seen()
        let follower = try await ChangeFollower(store: store) {
            seen.note($0.key)
        } onGap: {
            seen.note("gap")
        }
        for number in 0..<100 {
            _ = try await store.commit([.put(RecordKey(RecordKind("test"), "\(number)"), [], expecting: .any)]
            )
        }
        await #expect(throws: StorageError.self) { try await follower.follow() }
        #expect(seen.all == ["gap"])
        _ = try await store.commit([.put(RecordKey(RecordKind("test"), "after"), [], expecting: .any)])
        #expect(try await follower.follow() == 1)
        #expect(seen.all == ["gap", "after"])
    }
}
