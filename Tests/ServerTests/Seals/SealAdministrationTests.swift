import Cryptography
import Foundation
import Storage
import Testing

@testable import Server

@Suite("SealAdministration")
struct SealAdministrationTests {
    private let now = Date(timeIntervalSince1970: 1_795_000_000)
    private let path = FileManager.default.temporaryDirectory.path + "/seal-\(UInt64.random(in: 0 ... .max))"
    private let key = RecordKey(.init("kms.key"), "us-east-1/a")

    private func withDeployment(
        _ body: (SealedDeployment, SealAdministration) async throws -> Void
    ) async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let settings = StoreSettings(data: path)
        let first = try await Deployment.open(settings, creating: true, now: now)
        _ = try await first.store.commit([.put(key, [1, 2, 3], expecting: .absent)])
        await first.store.close()
        let sealed = try await SealedDeployment.open(settings, creating: false)
        try await body(
            sealed,
            SealAdministration(sealed, seal: try sealed.open(settings.seal, making: false))
        )
        await sealed.store.close()
    }

    @Test func `adds root keys, each by one of those who rotate at once`() async throws {
        try await withDeployment { deployment, administration in
            let now = now
            try await withThrowingTaskGroup(of: UInt32.self) { group in
                for _ in 0..<6 {
                    group.addTask { try await administration.rotate(now: now).currentVersion }
                }
                var versions: Set<UInt32> = []
                for try await version in group { versions.insert(version) }
                #expect(versions == [2, 3, 4, 5, 6, 7])
            }
            #expect(try await administration.openKeyring().versions.map(\.number) == Array(1...7))
            _ = deployment
        }
    }

    @Test func `seals all records anew`() async throws {
        try await withDeployment { deployment, administration in
            _ = try await administration.rotate(now: now)
            #expect(try await administration.countRecords().outdated == 1)
            #expect(try await administration.reseal(pause: .zero) == 1)
            #expect(try await administration.countRecords().outdated == 0)
            #expect(try await administration.reseal(pause: .zero) == 0)
            let store = SealedStore(deployment.store, keyring: try await administration.openKeyring())
            #expect(try await store.read(key)?.value == [1, 2, 3])
        }
    }

    @Test func `moves the keyring to another seal, with which alone it opens then`() async throws {
        try await withDeployment { deployment, administration in
            let keyring = try await administration.openKeyring()
            let other = try FileSeal.create(keyFile: path + "/other.key")
            try await administration.migrate(to: other)
            let opened = try await SealAdministration(deployment, seal: other).openKeyring()
            #expect(keyring.isContained(in: opened) && opened.isContained(in: keyring))
            await #expect(throws: DeploymentError.self) { _ = try await administration.openKeyring() }
        }
    }

    @Test func `leaves the old seal when the new one does not open what it wraps`() async throws {
        try await withDeployment { _, administration in
            await #expect(throws: DeploymentError.self) { try await administration.migrate(to: BrokenSeal()) }
            _ = try await administration.openKeyring()
        }
    }

    @Test func `knows every kind of record that the sources name`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
        let files = FileManager.default.enumerator(atPath: root.path)?.allObjects as? [String] ?? []
        var kinds: Set<String> = []
        for file in files where file.hasSuffix(".swift") {
            let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
            guard !file.hasPrefix("StorageTesting/") else { continue }
            for match in text.matches(of: #/RecordKind\("([a-z.-]+)"\)/#) { kinds.insert(String(match.1)) }
        }
        #expect(kinds.count > 15)
        #expect(kinds.subtracting(Self.unsealed) == Set(SealedKinds.all.map(\.rawValue)))
    }

    /// Kinds that are kept as they are, below the seal.
    private static let unsealed: Set<String> = ["seal.keyring", "store.incomplete"]
}

private struct BrokenSeal: Seal {
    var kind: String { "broken" }

    func wrap(_ keyring: borrowing SecretBytes, for: DeploymentID) async throws(SealError) -> [UInt8] { [1] }

    func unwrap(_ wrapped: [UInt8], for: DeploymentID?) async throws(SealError) -> SecretBytes {
        throw .refused
    }
}
