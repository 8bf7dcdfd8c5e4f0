import Cryptography
import Foundation
import KES
import KESTesting
import Testing

@Suite("FileKeyStore")
struct FileKeyStoreTests {
    /// A folder that is removed at the end.
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kes-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    @Test(arguments: KeyStoreSuite.promises)
    func keeps(_ promise: KeyStoreSuite.Promise) async throws {
        try await withFolder { folder in
            try await promise.check(try FileKeyStore(path: folder + "/deep/keys"))
        }
    }

    @Test func `lays files out as KES does`() async throws {
        try await withFolder { folder in
            let store = try FileKeyStore(path: folder)
            try await store.create(try KeyName("my-key"), KeyStoreSuite.value("value"))
            let file = folder + "/my-key"
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "value")
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["my-key"])
            #expect(store.summary == "Filesystem: \(folder)")
        }
    }

    @Test func `opens a folder in place, and overlooks what is no key`() async throws {
        try await withFolder { folder in
            let manager = FileManager.default
            try manager.createDirectory(atPath: folder + "/folder", withIntermediateDirectories: true)
            for name in ["minio", ".hidden", "README.md", "my-key.1234.new"] {
                #expect(manager.createFile(atPath: "\(folder)/\(name)", contents: Data("value".utf8)))
            }
            let store = try FileKeyStore(path: folder)
            #expect(try await store.list(prefix: "", continuing: nil).names == [KeyName("minio")])
            #expect(try await store.value(try KeyName("minio")).isEqual(to: KeyStoreSuite.value("value")))
        }
    }

    @Test func `says that it is gone when its folder is, and not that a key does not exist`() async throws {
        try await withFolder { folder in
            let store = try FileKeyStore(path: folder)
            try FileManager.default.removeItem(atPath: folder)
            let name = try KeyName("my-key")
            for failure in [
                await KeyStoreSuite.failure { () throws(KeyStoreError) in _ = try await store.latency() },
                await KeyStoreSuite.failure { () throws(KeyStoreError) in _ = try await store.value(name) },
            ] {
                guard case .unreachable = failure else {
                    Issue.record("\(String(describing: failure))")
                    continue
                }
            }
        }
    }

    @Test func `is not opened where a file lies in the way`() async throws {
        try await withFolder { folder in
            #expect(FileManager.default.createFile(atPath: folder, contents: nil))
            #expect(throws: FileFailure.self) { _ = try FileKeyStore(path: folder + "/keys") }
        }
    }

    @Test func `refuses a value that is too long to be a key`() async throws {
        try await withFolder { folder in
            let store = try FileKeyStore(path: folder)
            let long = Data(repeating: 65, count: StoredKey.bytesMax + 1)
            #expect(FileManager.default.createFile(atPath: folder + "/long", contents: long))
            let name = try KeyName("long")
            let failure = await KeyStoreSuite.failure { () throws(KeyStoreError) in
                try await store.value(name)
            }
            guard case .unavailable = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
        }
    }
}
