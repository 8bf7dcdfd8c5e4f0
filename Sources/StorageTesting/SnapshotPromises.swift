import Storage
import Testing

extension RecordStoreSuite {
    /// What a store keeps that can show all its records as they were at one moment.
    package static let snapshotPromises: [Promise] = [
        Promise("the snapshot of an empty store is empty") { store async throws in
            #expect(try await contents(of: store).isEmpty)
        },
        Promise("a snapshot holds every record of every kind once, ordered by kind and key") {
            store async throws in
            let keys = try await fillKinds(store)
            for limit in [1, 2, 7, keys.count, keys.count + 1, StorageLimits.pageMax] {
                let records = try await contents(of: store, limit: limit)
                #expect(records.map(\.key) == keys, "pages of \(limit)")
                #expect(records.allSatisfy { $0.value == Array($0.key.description.utf8) && $0.version > 0 })
            }
        },
        Promise("a snapshot gives no page above its limit") { store async throws in
            _ = try await fillKinds(store)
            let snapshot = try await snapshot(of: store)
            while true {
                let page = try await snapshot.next(limit: 3)
                #expect(page.count <= 3)
                if page.isEmpty { break }
            }
            #expect(try await snapshot.next(limit: 3).isEmpty, "the end stays the end")
            await snapshot.close()
        },
        Promise("a snapshot does not see what comes after it") { store async throws in
            _ = try await fillKinds(store)
            let before = try await contents(of: store)
            let snapshot = try await snapshot(of: store)
            var seen = try await snapshot.next(limit: 2)
            _ = try await store.commit(
                [
                    put("", "changed"), put("zz", "new"),
                    .put(RecordKey(RecordKind("zz"), "new"), [1], expecting: .any),
                ] + before.suffix(5).map { .delete($0.key, expecting: .any) }
            )
            seen += try await rest(of: snapshot, limit: 4)
            await snapshot.close()
            #expect(seen == before)
            #expect(try await contents(of: store) != before)
        },
        Promise("a batch is in a snapshot whole or not at all") { store async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 0..<40 {
                        _ = try await store.commit((0..<20).map { put("\($0)", "\(round)") })
                    }
                }
                for _ in 0..<10 {
                    let values = try await contents(of: store, limit: 3).map(\.value)
                    #expect(values.isEmpty || values.count == 20)
                    #expect(Set(values).count <= 1, "a snapshot shows two moments")
                }
                try await group.waitForAll()
            }
        },
        Promise("large values and empty ones are in a snapshot as they are") { store async throws in
            let large = [UInt8](repeating: 0xA5, count: StorageLimits.valueBytesMax)
            for name in ["a", "b", "c", "d", "e", "f"] {
                _ = try await store.commit([.put(key(name), large, expecting: .absent)])
            }
            _ = try await store.commit([.put(key("ea"), [], expecting: .absent)])
            let records = try await contents(of: store, limit: 100)
            #expect(records.map(\.key.key) == ["a", "b", "c", "d", "e", "ea", "f"])
            #expect(records.allSatisfy { $0.key.key == "ea" ? $0.value.isEmpty : $0.value == large })
        },
        Promise("a closed snapshot says so, and pages have their limit") { store async throws in
            let snapshot = try await snapshot(of: store)
            for limit in [0, -1, StorageLimits.pageMax + 1] {
                #expect(
                    await failure { () throws(StorageError) in try await snapshot.next(limit: limit) }
                        == .tooLarge(.page(records: limit))
                )
            }
            await snapshot.close()
            await snapshot.close()
            #expect(
                await failure { () throws(StorageError) in try await snapshot.next(limit: 1) }
                    == .closed
            )
        },
        Promise("a closed store gives no snapshot") { store async throws in
            let snapshotting = try #require(store as? any SnapshottingStore)
            await store.close()
            #expect(
                await failure { () throws(StorageError) in try await snapshotting.snapshot() } == .closed
            )
        },
    ]

    private static func snapshot(of store: any RecordStore) async throws -> any RecordSnapshot {
        try await #require(store as? any SnapshottingStore, "the store has no snapshots").snapshot()
    }

    /// All records that a snapshot made now gives.
    private static func contents(of store: any RecordStore, limit: Int = 10) async throws -> [Record] {
        let snapshot = try await snapshot(of: store)
        do {
            let records = try await rest(of: snapshot, limit: limit)
            await snapshot.close()
            return records
        } catch {
            await snapshot.close()
            throw error
        }
    }

    private static func rest(of snapshot: any RecordSnapshot, limit: Int) async throws -> [Record] {
        var records: [Record] = []
        while true {
            let page = try await snapshot.next(limit: limit)
            if page.isEmpty { return records }
            records += page
        }
    }

    /// Fills several kinds with keys whose bytes are not in the alphabet's order; gives the keys in theirs.
    private static func fillKinds(_ store: any RecordStore) async throws -> [RecordKey] {
        let names = ["", "A", "Z", "a", "a/", "a0", "aa", "\u{7F}", "\u{E9}", "\u{FFFD}", "\u{1F511}"]
        let kinds = ["B", "thing", "thing.a", "thing2", "thinG", "\u{E9}"]
        let keys = kinds.flatMap { kind in names.map { RecordKey(RecordKind(kind), $0) } }
        _ = try await store.commit(
            keys.reversed().map { .put($0, Array($0.description.utf8), expecting: .absent) }
        )
        return keys.sorted { left, right in
            guard left.kind == right.kind else {
                return left.kind.rawValue.utf8.lexicographicallyPrecedes(right.kind.rawValue.utf8)
            }
            return left.key.utf8.lexicographicallyPrecedes(right.key.utf8)
        }
    }
}
