import Foundation
import Glibc
import Storage
import Testing

/// `Tests/Clients/test_survival_damage.py` damages the log of a server that was killed; here are the cases in
/// which a log must be left alone.
@Suite("WriteAheadLog")
struct WriteAheadLogTests {
    private static let key = RecordKey(RecordKind("kind"), "key")

    /// The files of a store as they lie there while it is open, as a kill would leave them.
    private func killed(commits: Int) async throws -> TemporaryDirectory {
        let live = try TemporaryDirectory()
        let left = try TemporaryDirectory()
        let store = try SQLiteStore(path: live.path("store.db"))
        for number in 0..<commits {
            _ = try await store.commit([.put(Self.key, [UInt8(number % 256)], expecting: .any)])
        }
        for name in ["store.db", "store.db-wal", "store.db-shm"] {
            try left.write(try live.bytes(name), to: name)
        }
        await store.close()
        return left
    }

    private func value(_ directory: TemporaryDirectory) async throws -> [UInt8]? {
        let store = try SQLiteStore(path: directory.path("store.db"))
        let value = try await store.read(Self.key)?.value
        await store.close()
        return value
    }

    @Test(arguments: [1, 7, 700]) func `is taken over whole`(commits: Int) async throws {
        let directory = try await killed(commits: commits)
        #expect(try await value(directory) == [UInt8((commits - 1) % 256)])
    }

    @Test(arguments: [0, 31, 32, 4_000, 20_000]) func `is refused when it was cut off`(length: Int)
        async throws
    {
        let directory = try await killed(commits: 9)
        try directory.write(Array(try directory.bytes("store.db-wal").prefix(length)), to: "store.db-wal")
        await #expect {
            _ = try await value(directory)
        } throws: { error in
            guard case StorageError.corrupted(.file(let path, _)) = error else { return false }
            return path == directory.path("store.db-wal")
        }
    }

    @Test func `may be longer than the index says`() async throws {
        let directory = try await killed(commits: 9)
        try directory.write(try directory.bytes("store.db-wal") + [1, 2, 3], to: "store.db-wal")
        #expect(try await value(directory) == [8])
    }

    @Test func `may be missing beside an index from before the machine was started`() async throws {
        let directory = try await killed(commits: 9)
        try directory.write([], to: "store.db-wal")
        var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        try #require(utimensat(AT_FDCWD, directory.path("store.db-shm"), &times, 0) == 0)
        _ = try await value(directory)
    }

    @Test func `is not measured by the index of another log`() async throws {
        let directory = try await killed(commits: 9)
        let other = try await killed(commits: 400)
        try directory.write(try other.bytes("store.db-shm"), to: "store.db-shm")
        #expect(try await value(directory) == [8])
    }

    @Test(arguments: [0, 13, 135, 136, 32_768]) func `is taken over beside a spoilt index`(length: Int)
        async throws
    {
        let directory = try await killed(commits: 9)
        var generator = SystemRandomNumberGenerator()
        try directory.write(
            (0..<length).map { _ in .random(in: 0...255, using: &generator) },
            to: "store.db-shm"
        )
        #expect(try await value(directory) == [8])
    }
}
