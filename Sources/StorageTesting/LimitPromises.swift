import Storage
import Testing

extension RecordStoreSuite {
    static let limitPromises: [Promise] = [
        Promise("the largest value, key and batch are taken") { store async throws in
            let longest = String(repeating: "k", count: StorageLimits.keyBytesMax)
            let value = [UInt8](repeating: 0xA5, count: StorageLimits.valueBytesMax)
            _ = try await store.commit([.put(key(longest), value, expecting: .any)])
            #expect(try await store.read(key(longest))?.value == value)
            let batch = (0..<StorageLimits.batchWritesMax).map { put("\($0)", "x") }
            #expect(try await store.commit(batch).versions.count == batch.count)
            // With the record of the longest key there are as many as the largest page holds.
            let page = try await store.scan(kind, prefix: "", after: nil, limit: StorageLimits.pageMax)
            #expect(page.count == StorageLimits.pageMax)
        },
        Promise("a larger value is refused") { store async throws in
            let bytes = StorageLimits.valueBytesMax + StorageLimits.sealBytesMax + 1
            let batch: [Write] = [
                put("a", "fits"), .put(key("b"), [UInt8](repeating: 0, count: bytes), expecting: .any),
            ]
            await #expect(throws: StorageError.tooLarge(.value(bytes: bytes))) {
                try await store.commit(batch)
            }
            #expect(try await store.read(key("a")) == nil)
        },
        Promise("a longer key is refused, counted in bytes") { store async throws in
            let long = String(repeating: "\u{E9}", count: StorageLimits.keyBytesMax / 2 + 1)
            let refusal = StorageError.tooLarge(.key(bytes: StorageLimits.keyBytesMax + 2))
            await #expect(throws: refusal) { try await store.commit([put(long, "x")]) }
            await #expect(throws: refusal) { try await store.read(key(long)) }
            await #expect(throws: refusal) { try await store.read([key(long)]) }
        },
        Promise("a larger batch is refused") { store async throws in
            let batch = (0...StorageLimits.batchWritesMax).map { put("\($0)", "x") }
            await #expect(throws: StorageError.tooLarge(.batch(writes: batch.count))) {
                try await store.commit(batch)
            }
            #expect(try await store.latestChange() == 0)
        },
        Promise("a page outside its range is refused, never shortened") { store async throws in
            for limit in [0, -1, StorageLimits.pageMax + 1] {
                let refusal = StorageError.tooLarge(.page(records: limit))
                await #expect(throws: refusal) {
                    try await store.scan(kind, prefix: "", after: nil, limit: limit)
                }
                await #expect(throws: refusal) { try await store.changes(after: 0, limit: limit) }
            }
            let keys = (0...StorageLimits.pageMax).map { key("\($0)") }
            await #expect(throws: StorageError.tooLarge(.page(records: keys.count))) {
                try await store.read(keys)
            }
        },
    ]
}
