import Storage
import Testing

extension RecordStoreSuite {
    static let readingPromises: [Promise] = [
        Promise("an unknown record reads as nil") { store async throws in
            #expect(try await store.read(key("absent")) == nil)
            #expect(try await store.latestChange() == 0)
        },
        Promise("a record reads back as it was put, with the version of its commit") { store async throws in
            let version = try await version(of: put("a", "one"), in: store)
            let expected = Record(key: key("a"), value: Array("one".utf8), version: version)
            #expect(try await store.read(key("a")) == expected)
        },
        Promise("an empty value is a value") { store async throws in
            _ = try await store.commit([.put(key("a"), [], expecting: .absent)])
            #expect(try await store.read(key("a"))?.value == [])
        },
        Promise("an empty key is a key") { store async throws in
            _ = try await store.commit([put("", "root", .absent)])
            #expect(try await store.read(key(""))?.value == Array("root".utf8))
            #expect(try await store.scan(kind, prefix: "", after: nil, limit: 10).count == 1)
            _ = try await store.commit([.delete(key(""), expecting: .any)])
            #expect(try await store.read(key("")) == nil)
        },
        Promise("a value keeps every byte") { store async throws in
            let bytes = (0...255).map { UInt8($0) }
            _ = try await store.commit([.put(key("bytes"), bytes, expecting: .any)])
            #expect(try await store.read(key("bytes"))?.value == bytes)
        },
        Promise("records of two kinds with one key are two records") { store async throws in
            let other = RecordKey(otherKind, "a")
            _ = try await store.commit([put("a", "one"), .put(other, [2], expecting: .absent)])
            #expect(try await store.read(key("a"))?.value == Array("one".utf8))
            #expect(try await store.read(other)?.value == [2])
        },
        Promise("keys that look alike but differ in bytes are two records") { store async throws in
            let composed = "caf\u{E9}"
            let decomposed = "cafe\u{301}"
            _ = try await store.commit([
                put(composed, "composed", .absent), put(decomposed, "decomposed", .absent),
            ])
            #expect(try await store.read(key(composed))?.value == Array("composed".utf8))
            #expect(try await store.read(key(decomposed))?.value == Array("decomposed".utf8))
        },
        Promise("a key may hold a zero character") { store async throws in
            _ = try await store.commit([put("a\0b", "one"), put("a", "two"), put("a\0c", "three")])
            #expect(try await store.read(key("a\0b"))?.value == Array("one".utf8))
            let page = try await store.scan(kind, prefix: "a\0", after: nil, limit: 10)
            #expect(page.map(\.key.key) == ["a\0b", "a\0c"])
        },
        Promise("several records read in the order asked, absent ones as nil") { store async throws in
            _ = try await store.commit([put("a", "one"), put("b", "two")])
            let records = try await store.read([key("b"), key("absent"), key("a"), key("b")])
            #expect(
                records.map { $0.map { String(decoding: $0.value, as: UTF8.self) } } == [
                    "two", nil, "one", "two",
                ]
            )
            #expect(try await store.read([RecordKey]()).isEmpty)
        },
        Promise("a closed store answers nothing, and closes again in peace") { store async throws in
            _ = try await store.commit([put("a", "one")])
            await store.close()
            await store.close()
            await #expect(throws: StorageError.closed) { try await store.read(key("a")) }
            await #expect(throws: StorageError.closed) { try await store.read([key("a")]) }
            await #expect(throws: StorageError.closed) { try await store.commit([put("a", "two")]) }
            await #expect(throws: StorageError.closed) {
                try await store.scan(kind, prefix: "", after: nil, limit: 1)
            }
            await #expect(throws: StorageError.closed) { try await store.changes(after: 0, limit: 1) }
            await #expect(throws: StorageError.closed) { try await store.latestChange() }
        },
    ]
}
