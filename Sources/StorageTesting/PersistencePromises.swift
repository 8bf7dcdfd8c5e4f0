package import Storage
import Testing

extension RecordStoreSuite {
    /// What a store keeps that outlives its process: everything, also across opening it anew.
    ///
    /// `open` opens the same store, empty at first, each time it is called.
    package static func checkPersistence(open: () async throws -> any RecordStore) async throws {
        let first = try await open()
        let created = try await version(of: put("a", "one", .absent), in: first)
        _ = try await first.commit([put("b", "two"), put("\u{E9}", "three")])
        let removed = try await version(of: .delete(key("b"), expecting: .any), in: first)
        let feed = try await first.changes(after: 0, limit: 100)
        await first.close()

        let second = try await open()
        #expect(
            try await second.read(key("a"))
                == Record(key: key("a"), value: Array("one".utf8), version: created)
        )
        #expect(try await second.read(key("b")) == nil)
        let names = try await second.scan(kind, prefix: "", after: nil, limit: 10).map(\.key.key)
        #expect(names == ["a", "\u{E9}"])
        #expect(try await second.changes(after: 0, limit: 100) == feed)
        #expect(try await second.latestChange() == removed)
        let recreated = try await version(of: put("b", "again", .absent), in: second)
        #expect(recreated > removed)
        await second.close()
    }
}
