import Storage
import Testing

extension RecordStoreSuite {
    static let committingPromises: [Promise] = [
        Promise("absent is met by no record only") { store async throws in
            _ = try await store.commit([put("a", "one", .absent)])
            #expect(await conflict(of: [put("a", "two", .absent)], in: store) == key("a"))
            #expect(try await store.read(key("a"))?.value == Array("one".utf8))
        },
        Promise("a version is met by that version only") { store async throws in
            let first = try await version(of: put("a", "one"), in: store)
            let second = try await version(of: put("a", "two", .version(first)), in: store)
            #expect(second > first)
            #expect(await conflict(of: [put("a", "three", .version(first))], in: store) == key("a"))
            #expect(await conflict(of: [put("b", "x", .version(first))], in: store) == key("b"))
            #expect(
                await conflict(of: [.delete(key("a"), expecting: .version(first))], in: store) == key("a")
            )
            #expect(try await store.read(key("a"))?.value == Array("two".utf8))
        },
        Promise("a batch that conflicts in its last write leaves nothing behind") { store async throws in
            _ = try await store.commit([put("a", "one"), put("c", "three")])
            let before = try await store.latestChange()
            let batch = [
                put("a", "changed"), .delete(key("c"), expecting: .any), put("new", "new"),
                put("a", "again", .absent),
            ]
            #expect(await conflict(of: batch, in: store) == key("a"))
            #expect(try await store.read(key("a"))?.value == Array("one".utf8))
            #expect(try await store.read(key("c")) != nil)
            #expect(try await store.read(key("new")) == nil)
            #expect(try await store.latestChange() == before)
        },
        Promise("a batch whose first record is not new leaves nothing behind") { store async throws in
            _ = try await store.commit([put("a", "one")])
            let before = try await store.latestChange()
            let long = String(repeating: "long ", count: 1000)
            #expect(await conflict(of: [put("a", long, .absent), put("b", long)], in: store) == key("a"))
            #expect(try await store.read(key("a"))?.value == Array("one".utf8))
            #expect(try await store.read(key("b")) == nil)
            #expect(try await store.latestChange() == before)
            let result = try await store.commit([put("c", long, .absent), put("b", long)])
            #expect(result.versions == [before + 1, before + 2])
            #expect(try await store.changes(after: before, limit: 10).map(\.key) == [key("c"), key("b")])
            #expect(try await store.read(key("c"))?.value == Array(long.utf8))
        },
        Promise("writes of a batch happen in their order") { store async throws in
            let result = try await store.commit([
                put("a", "one", .absent), .delete(key("a"), expecting: .any), put("a", "two", .absent),
            ])
            #expect(try await store.read(key("a"))?.value == Array("two".utf8))
            let given = result.versions.compactMap { $0 }
            #expect(given.count == 3 && given == given.sorted())
            #expect(try await store.read(key("a"))?.version == given.last)
        },
        Promise("deleting removes, and deleting what is absent changes nothing") { store async throws in
            _ = try await store.commit([put("a", "one")])
            let removal = try await store.commit([.delete(key("a"), expecting: .any)])
            #expect(removal.versions.count == 1 && removal.versions[0] != nil)
            #expect(try await store.read(key("a")) == nil)
            let before = try await store.latestChange()
            #expect(try await store.commit([.delete(key("a"), expecting: .any)]).versions == [nil])
            #expect(try await store.commit([.delete(key("a"), expecting: .absent)]).versions == [nil])
            #expect(try await store.latestChange() == before)
        },
        Promise("a check writes nothing and guards its batch") { store async throws in
            let version = try await version(of: put("guard", "one"), in: store)
            let met: [Write] = [
                .check(key("guard"), expecting: .version(version)),
                .check(key("none"), expecting: .absent),
                put("a", "one"),
            ]
            let result = try await store.commit(met)
            #expect(result.versions.map { $0 == nil } == [true, true, false])
            #expect(try await store.read(key("guard"))?.version == version)
            let unmet: [Write] = [put("a", "two"), .check(key("guard"), expecting: .absent)]
            #expect(await conflict(of: unmet, in: store) == key("guard"))
            #expect(try await store.read(key("a"))?.value == Array("one".utf8))
        },
        Promise("an empty batch is done at once") { store async throws in
            #expect(try await store.commit([]).versions.isEmpty)
            #expect(try await store.latestChange() == 0)
        },
        Promise("a version grows across deletion and re-creation, and never comes back") {
            store async throws in
            var seen: [Int64] = []
            for round in 0..<5 {
                seen.append(try await version(of: put("a", "round \(round)", .absent), in: store))
                _ = try await store.commit([.delete(key("a"), expecting: .version(seen[round]))])
            }
            #expect(seen == seen.sorted() && Set(seen).count == 5)
            #expect(await conflict(of: [put("a", "late", .version(seen[0]))], in: store) == key("a"))
        },
    ]

    /// The record for which a batch was refused, or nil when it was not refused so.
    static func conflict(of batch: [Write], in store: any RecordStore) async -> RecordKey? {
        let error = await failure { () throws(StorageError) in try await store.commit(batch) }
        guard case .conflict(let key) = error else { return nil }
        return key
    }
}
